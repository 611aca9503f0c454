import * as format from './format.ts'
import type { Caller } from './vocabulary.ts'
import { MEMBERS_TEAM, type World } from './world.ts'

/** Pages, which GitHub serves beside its API and not under it. */
const PAGES = new Set([
  'html_url',
  'diff_url',
  'patch_url',
  'svn_url',
  'clone_url',
  'git_url',
  'ssh_url',
  'avatar_url',
  'download_url',
  'blob_href',
])

const MAXIMUM_INLINE = 1024 * 1024

/** emulate's answers in GitHub's words: page addresses, links to other pages of a list, and the app behind a bot. */
export async function fitAnswer(world: World, response: Response, caller: Caller): Promise<Response> {
  const headers = new Headers(response.headers)
  const link = headers.get('link')
  if (link) headers.set('link', link.replaceAll(`<${world.url}/`, `<${format.apiOf(world)}/`))
  const { status } = response
  if (status === 204) return new Response(null, { status, headers })
  if (!(headers.get('content-type') ?? '').includes('json'))
    return new Response(response.body, { status, headers })
  headers.delete('content-length')
  const answer: unknown = await response.json()
  if (status === 403 && caller.kind === 'person') {
    const refused = answer as { message: string }
    if (refused.message.startsWith('Resource not accessible'))
      refused.message = 'Must have admin rights to Repository.'
  }
  return new Response(JSON.stringify(fit(world, answer, '')), { status, headers })
}

function fit(world: World, value: unknown, key: string): unknown {
  if (typeof value === 'string') {
    if (PAGES.has(key) || key === 'html') return value.replace(format.apiOf(world), world.url)
    return /_at$|^date$/.test(key) ? format.stamp(value) : value
  }
  if (Array.isArray(value))
    return value
      .filter(each => each?.slug !== MEMBERS_TEAM || !('privacy' in each))
      .map(each => fit(world, each, key))
  if (!value || typeof value !== 'object') return value
  const fitted: Record<string, unknown> = {}
  // A git blob's address is the API's, unlike a repository's of the same name.
  for (const [name, inner] of Object.entries(value))
    fitted[name] =
      name === 'git_url' && 'sha' in value
        ? inner
        : fit(world, inner, key === '_links' && name === 'html' ? 'html' : name)
  // Over 1 MB GitHub gives a file's contents only raw or as a blob.
  if (fitted.type === 'file' && Number(fitted.size) > MAXIMUM_INLINE && 'content' in fitted)
    Object.assign(fitted, { content: '', encoding: 'none' })
  const author = fitted.user as { type?: string; login?: string } | null | undefined
  if ('performed_via_github_app' in fitted && author?.type === 'Bot') {
    const slug = author.login?.replace('[bot]', '')
    fitted.performed_via_github_app = format.app(world, world.db.apps.findOneBy('slug', slug)?.app_id)
  }
  if (key === '_links' || !('href' in fitted)) return fitted
  if (key === 'html') fitted.href = `${fitted.href}`.replace(format.apiOf(world), world.url)
  return fitted
}
