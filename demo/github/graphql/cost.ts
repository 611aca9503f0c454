import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  valueFromASTUntyped,
} from 'graphql'

/** GitHub counts nodes before it runs a query and refuses above this. */
export const NODE_LIMIT = 500_000

export interface Cost {
  /** Points of the hourly budget: one for each hundred requests that the connections would need, never less than one. */
  points: number
  /** The most records that the query can return. */
  nodes: number
}

/**
 * What GitHub documents under "rate limits and node limits": every connection is taken to return all that its
 * `first` or `last` asks for; a connection inside another is requested once for each record of the outer one.
 * Two selections of one connection under the same name are added, where GitHub merges them: never too low.
 */
export function costOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): Cost {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition)

  let requests = 0
  let nodes = 0

  function walk(set: SelectionSetNode, type: GraphQLCompositeType, times: number): void {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) walkField(selection, type, times)
      else {
        const fragment =
          selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection
        const named = fragment?.typeCondition && schema.getType(fragment.typeCondition.name.value)
        if (fragment) walk(fragment.selectionSet, isCompositeType(named) ? named : type, times)
      }
    }
  }

  function walkField(field: FieldNode, type: GraphQLCompositeType, times: number): void {
    const definition = fieldOf(type, field.name.value)
    const inner = definition && getNamedType(definition.type)
    if (!definition || !field.selectionSet || !isCompositeType(inner)) return
    if (!isConnection(definition)) {
      walk(field.selectionSet, inner, times * Math.max(1, idsAsked(field, variables)))
      return
    }
    const records = recordsAsked(field, variables)
    requests += times
    nodes += times * records
    walk(field.selectionSet, inner, times * records)
  }

  const root = schema.getRootType(operation.operation)
  if (root) walk(operation.selectionSet, root, 1)
  return { points: Math.max(1, Math.round(requests / 100)), nodes }
}

/** A connection is known by its return type, as in Relay; `RepositoryTopicConnection` and the like have no supertype. */
export function isConnection(field: GraphQLField<unknown, unknown>): boolean {
  return getNamedType(field.type).name.endsWith('Connection')
}

function fieldOf(type: GraphQLCompositeType, name: string) {
  if (isObjectType(type) || isInterfaceType(type)) return type.getFields()[name]
  return undefined
}

function recordsAsked(field: FieldNode, variables: Readonly<Record<string, unknown>>): number {
  const asked = argument(field, 'first', variables) ?? argument(field, 'last', variables)
  return typeof asked === 'number' && asked > 0 ? asked : 0
}

/** `nodes(ids:)` is a plain list, but what is below it is fetched once for each id. */
function idsAsked(field: FieldNode, variables: Readonly<Record<string, unknown>>): number {
  const ids = field.name.value === 'nodes' ? argument(field, 'ids', variables) : undefined
  return Array.isArray(ids) ? ids.length : 1
}

function argument(field: FieldNode, name: string, variables: Readonly<Record<string, unknown>>): unknown {
  const given = field.arguments?.find(each => each.name.value === name)
  return given && valueFromASTUntyped(given.value, { ...variables })
}
