import {
  type ArgumentNode,
  type ASTNode,
  type DocumentNode,
  type FieldNode,
  type GraphQLError,
  type GraphQLSchema,
  Kind,
  print,
  validate,
  visit,
} from 'graphql'
import type { GithubGraphqlError } from './errors.ts'

/**
 * Judges a query with graphql-js's own rules and words what they find as GitHub's server (graphql-ruby) does:
 * the same sentences, `extensions.code`, and a `path` through the query. A rule without a row below keeps
 * graphql-js's sentence, so nothing invalid is let through for want of a wording.
 */
export function validationErrors(schema: GraphQLSchema, document: DocumentNode): GithubGraphqlError[] {
  return validate(schema, document).map(error => inRubyWords(error, document))
}

interface Wording {
  when: RegExp
  say(match: readonly string[], at: Place): { message: string; extensions: Record<string, unknown> }
}

interface Place {
  path: string[]
  argument: ArgumentNode | undefined
  field: FieldNode | undefined
  node: ASTNode | undefined
}

const wordings: Wording[] = [
  {
    when: /^Cannot query field "(.+?)" on type "(.+?)"/,
    say: ([, fieldName, typeName]) => ({
      message: `Field '${fieldName}' doesn't exist on type '${typeName}'`,
      extensions: { code: 'undefinedField', typeName, fieldName },
    }),
  },
  {
    when: /^Unknown argument "(.+?)" on field ".+?\.(.+?)"/,
    say: ([, argumentName, name]) => ({
      message: `Field '${name}' doesn't accept argument '${argumentName}'`,
      extensions: { code: 'argumentNotAccepted', name, typeName: 'Field', argumentName },
    }),
  },
  {
    when: /^Field "(.+?)" argument "(.+?)" of type ".+?" is required, but it was not provided/,
    say: ([, name, missing]) => ({
      message: `Field '${name}' is missing required arguments: ${missing}`,
      extensions: { code: 'missingRequiredArguments', className: 'Field', name, arguments: missing },
    }),
  },
  {
    when: /^Field "(.+?)" of type "(.+?)" must have a selection of subfields/,
    say: ([, name, type = '']) => ({
      message: `Field must have selections (field '${name}' returns ${type.replace(/[[\]!]/g, '')} but has no selections. Did you mean '${name} { ... }'?)`,
      extensions: {
        code: 'selectionMismatch',
        nodeName: `field '${name}'`,
        typeName: type.replace(/[[\]!]/g, ''),
      },
    }),
  },
  {
    when: /^Field "(.+?)" must not have a selection since type "(.+?)" has no subfields/,
    say: ([, name, typeName]) => ({
      message: `Selections can't be made on scalars (field '${name}' returns ${typeName} but has selections)`,
      extensions: { code: 'selectionMismatch', nodeName: `field '${name}'`, typeName },
    }),
  },
  {
    when: /^Unknown type "(.+?)"/,
    say: ([, typeName], at) =>
      at.path.at(-1)?.startsWith('$')
        ? {
            message: `${typeName} isn't a defined input type (on ${at.path.at(-1)})`,
            extensions: { code: 'variableRequiresValidType', typeName },
          }
        : {
            message: `No such type ${typeName}, so it can't be a fragment condition`,
            extensions: { code: 'undefinedType', typeName },
          },
  },
  {
    when: /^Variable "\$(.+?)" is never used(?: in operation "(.+?)")?/,
    say: ([, variableName, operation]) => ({
      message: `Variable $${variableName} is declared by ${operation ?? 'anonymous query'} but not used`,
      extensions: { code: 'variableNotUsed', variableName },
    }),
  },
  {
    when: /^Variable "\$(.+?)" is not defined(?: by operation "(.+?)")?/,
    say: ([, variableName, operation]) => ({
      message: `Variable $${variableName} is used by ${operation ?? 'anonymous query'} but not declared`,
      extensions: { code: 'variableNotDefined', variableName },
    }),
  },
  {
    when: /^Variable "\$(.+?)" of type "(.+?)" used in position expecting type "(.+?)"/,
    say: ([, variableName, typeName, expected], at) => ({
      message: `Type mismatch on variable $${variableName} and argument ${at.argument?.name.value ?? 'value'} (${typeName} / ${expected})`,
      extensions: {
        code: 'variableMismatch',
        variableName,
        typeName,
        argumentName: at.argument?.name.value,
        errorMessage: 'Type mismatch',
      },
    }),
  },
  {
    when: /(?:cannot represent|Expected value of type|does not exist in) .*/,
    say: ([sentence = ''], at) => ({
      message:
        at.argument && at.field
          ? `Argument '${at.argument.name.value}' on Field '${at.field.name.value}' has an invalid value (${print(at.argument.value)}). ${sentence}`
          : sentence,
      extensions: {
        code: 'argumentLiteralsIncompatible',
        typeName: 'Field',
        argumentName: at.argument?.name.value,
      },
    }),
  },
]

function inRubyWords(error: GraphQLError, document: DocumentNode): GithubGraphqlError {
  const at = placeOf(error.nodes?.at(-1), document)
  const wording = wordings.find(each => each.when.test(error.message))
  const said = wording?.say(wording.when.exec(error.message) ?? [], at)
  return {
    path: at.path,
    ...(said && { extensions: said.extensions }),
    ...(error.locations && { locations: error.locations.slice(-1) }),
    message: said?.message ?? error.message,
  }
}

/** Where in the query a node stands, as graphql-ruby spells it: `query Name`, aliases, `... on Type`, `fragment Name`. */
function placeOf(node: ASTNode | undefined, document: DocumentNode): Place {
  const place: Place = { path: [], argument: undefined, field: undefined, node }
  const above: ASTNode[] = []
  visit(document, {
    enter(each) {
      above.push(each)
      if (each !== node) return
      place.path = above.flatMap(stepOf)
      place.argument = above.findLast(one => one.kind === Kind.ARGUMENT)
      place.field = above.findLast(one => one.kind === Kind.FIELD)
    },
    leave() {
      above.pop()
    },
  })
  return place
}

function stepOf(node: ASTNode): string[] {
  switch (node.kind) {
    case Kind.OPERATION_DEFINITION:
      return [node.name ? `${node.operation} ${node.name.value}` : node.operation]
    case Kind.FRAGMENT_DEFINITION:
      return [`fragment ${node.name.value}`]
    case Kind.FIELD:
      return [node.alias?.value ?? node.name.value]
    case Kind.INLINE_FRAGMENT:
      return [node.typeCondition ? `... on ${node.typeCondition.name.value}` : '...']
    case Kind.FRAGMENT_SPREAD:
      return [`... ${node.name.value}`]
    case Kind.ARGUMENT:
      return [node.name.value]
    case Kind.VARIABLE_DEFINITION:
      return [`$${node.variable.name.value}`]
    default:
      return []
  }
}
