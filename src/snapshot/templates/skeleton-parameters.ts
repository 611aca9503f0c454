import { isRecord } from '../plain-record.ts'

/** What a person who uses the template would have typed: examples, defaults, and stand-ins for what has neither. */
export interface Parameters {
  values: Record<string, unknown>
  /** Required, without a default, and not given: `name`, `database.owner`. */
  standIns: string[]
}

/** Its names tell a reader of the rendered file that nobody chose them. */
export const standInName = 'example-service'
export const standInOwner = 'group:default/example-owner'

const deepest = 8
const mostProperties = 200

/**
 * The form's answer when a person only gives what they must. @param pages `spec.parameters`: one JSON schema or a list
 * @param given the example's parameters; they stand before defaults @param organisation for a repository's address
 */
export const parametersOf = (
  pages: unknown,
  given: Readonly<Record<string, unknown>>,
  organisation: string,
): Parameters => {
  const standIns: string[] = []
  const values: Record<string, unknown> = {}
  for (const page of [pages].flat())
    if (isRecord(page)) Object.assign(values, filledIn(page, given, organisation, '', 0, standIns))
  // What no page declares is given all the same: pages can depend on answers, which is not followed here.
  return { values: { ...given, ...values }, standIns }
}

const filledIn = (
  schema: Record<string, unknown>,
  given: Readonly<Record<string, unknown>>,
  organisation: string,
  path: string,
  depth: number,
  standIns: string[],
): Record<string, unknown> => {
  if (!isRecord(schema.properties) || depth > deepest) return {}
  const required = new Set(Array.isArray(schema.required) ? schema.required.map(String) : [])
  const entries: [string, unknown][] = []
  for (const [name, property] of Object.entries(schema.properties).slice(0, mostProperties)) {
    if (!isRecord(property)) continue
    const at = path === '' ? name : `${path}.${name}`
    const own = given[name]
    if (isRecord(property.properties)) {
      const inner = filledIn(property, isRecord(own) ? own : {}, organisation, at, depth + 1, standIns)
      const value = {
        ...(isRecord(property.default) ? property.default : {}),
        ...inner,
        ...(isRecord(own) ? own : {}),
      }
      if (required.has(name) || Object.keys(value).length > 0) entries.push([name, value])
    } else if (own !== undefined) entries.push([name, own])
    else if (property.default !== undefined) entries.push([name, property.default])
    else if (required.has(name)) {
      standIns.push(at)
      entries.push([name, standIn(name, property, organisation)])
    }
  }
  return Object.fromEntries(entries)
}

/** Of the right shape, which is all that can be known. */
const standIn = (name: string, schema: Record<string, unknown>, organisation: string): unknown => {
  const [example] = [schema.examples, schema.example].flat().filter(value => value !== undefined)
  const [choice] = Array.isArray(schema.enum) ? schema.enum : []
  const chosen = example ?? schema.const ?? choice
  if (chosen !== undefined) return chosen
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type
  switch (type) {
    case 'boolean':
      return false
    case 'integer':
    case 'number':
      return typeof schema.minimum === 'number' ? schema.minimum : 1
    case 'array':
      return []
    case 'object':
      return {}
    default:
      return text(name, schema, organisation)
  }
}

const text = (name: string, schema: Record<string, unknown>, organisation: string): string => {
  const field = String(schema['ui:field'] ?? '')
  if (field === 'RepoUrlPicker') return `github.com?owner=${organisation}&repo=${standInName}`
  if (field.endsWith('OwnerPicker') || field.endsWith('OwnedEntityPicker') || /^owner$/i.test(name))
    return standInOwner
  if (field.endsWith('EntityPicker')) return `component:default/${standInName}`
  if (field.endsWith('BranchPicker')) return 'main'
  switch (schema.format) {
    case 'uri':
      return 'https://example.com'
    case 'email':
      return 'someone@example.com'
    case 'date':
      return '2030-01-01'
  }
  const plain = /name|id$/i.test(name)
    ? standInName
    : `example-${name.replace(/([a-z])([A-Z])/g, '$1-$2').toLowerCase()}`
  const longest = typeof schema.maxLength === 'number' ? Math.max(1, schema.maxLength) : plain.length
  return plain.slice(0, longest)
}
