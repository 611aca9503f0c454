import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Ajv, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'

const require = createRequire(import.meta.url)
const path = require.resolve('@octokit/openapi/generated/api.github.com.json')
const description = JSON.parse(readFileSync(path, 'utf8')) as {
  paths: Record<string, Record<string, { responses: Record<string, unknown> }>>
}
const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true })
addFormats.default(ajv)
ajv.addSchema(withNull(description) as object, 'github')
const compiled = new Map<string, ValidateFunction>()

/** What is wrong with a body by GitHub's own description of the route (`GET /repos/{owner}/{repo}`) and status. */
export function problemsOf(route: string, status: number, body: unknown): string[] {
  const [method = '', template = ''] = route.split(' ')
  const operation = description.paths[template]?.[method.toLowerCase()]
  if (!operation?.responses[`${status}`]) return [`GitHub describes no ${status} for ${route}`]
  const part = (name: string) => encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))
  const pointer = [
    'paths',
    template,
    method.toLowerCase(),
    'responses',
    `${status}`,
    'content',
    'application/json',
    'schema',
  ]
  const reference = `github#/${pointer.map(part).join('/')}`
  const validate = compiled.get(reference) ?? ajv.compile({ $ref: reference })
  compiled.set(reference, validate)
  validate(body)
  return (validate.errors ?? []).map(error => `${error.instancePath} ${error.message}`)
}

/** OpenAPI 3.0 writes `nullable: true` beside a type, an enum or a reference; JSON Schema has null among the choices. */
function withNull(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withNull)
  if (!value || typeof value !== 'object') return value
  const { nullable, ...rest } = value as Record<string, unknown>
  const schema = Object.fromEntries(Object.entries(rest).map(([name, inner]) => [name, withNull(inner)]))
  // A property of that name is a schema of its own and not the flag.
  if (typeof nullable === 'object') return { ...schema, nullable: withNull(nullable) }
  return nullable === true ? { anyOf: [{ type: 'null' }, schema] } : schema
}
