import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import { Refusal } from '../auth.ts'
import type { RepoRow } from '../rows.ts'
import type { Caller } from '../vocabulary.ts'
import type { World } from '../world.ts'

export type Environment = { Bindings: HttpBindings; Variables: { caller: Caller } }
export type Asked = Context<Environment>

/** GitHub gives 30 a page unless asked, and never more than 100. */
export function page<T>(context: Asked, items: T[]): T[] {
  const size = Math.min(100, Math.max(1, Number(context.req.query('per_page')) || 30))
  const number = Math.max(1, Number(context.req.query('page')) || 1)
  const last = Math.max(1, Math.ceil(items.length / size))
  const link = (to: number, name: string) => {
    const url = new URL(context.req.url)
    const query = url.searchParams
    query.set('per_page', `${size}`)
    query.set('page', `${to}`)
    return `<${url.origin}/api/v3${url.pathname}?${query}>; rel="${name}"`
  }
  const links = [
    ...(number > 1 ? [link(number - 1, 'prev'), link(1, 'first')] : []),
    ...(number < last ? [link(number + 1, 'next'), link(last, 'last')] : []),
  ]
  if (links.length > 0) context.header('link', links.join(', '))
  return items.slice((number - 1) * size, number * size)
}

/** The repository of the route; that the caller may see it was settled before. */
export function repositoryOf(world: World, context: Asked): RepoRow {
  const row = world.repositoryRow(context.req.param('owner') ?? '', context.req.param('repo') ?? '')
  if (!row) throw new Refusal(404, 'Not Found')
  return row
}

export type Body = Record<string, unknown>
export async function bodyOf(context: Asked): Promise<Body> {
  const text = await context.req.text()
  if (text === '') return {}
  try {
    const parsed: unknown = JSON.parse(text)
    if (parsed && typeof parsed === 'object' && !Array.isArray(parsed)) return parsed as Body
  } catch {
    // Answered below, in GitHub's words.
  }
  throw new Refusal(400, 'Problems parsing JSON')
}

export const asText = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** 422 as GitHub words it for one field of one resource. */
export function invalid(resource: string, field: string, code: string, message?: string): Refusal {
  return new Refusal(422, message ?? 'Validation Failed', { errors: [{ resource, field, code }] })
}

export function found<T>(value: T | undefined | null): T {
  if (value === undefined || value === null) throw new Refusal(404, 'Not Found')
  return value
}

const MAXIMUM_BODY = 65_536
const MAXIMUM_TITLE = 256

/** GitHub counts characters, not bytes. */
export function refuseLong(resource: string, given: Body): void {
  for (const [field, maximum] of [
    ['title', MAXIMUM_TITLE],
    ['body', MAXIMUM_BODY],
  ] as const) {
    const text = asText(given[field]) ?? ''
    if (text.length > maximum && [...text].length > maximum)
      throw new Refusal(422, 'Validation Failed', {
        errors: [
          {
            resource,
            code: 'custom',
            field,
            message: `${field} is too long (maximum is ${maximum} characters)`,
          },
        ],
      })
  }
}
