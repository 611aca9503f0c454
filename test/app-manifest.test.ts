import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'

/** app.yml is what Probot's set-up page sends to GitHub, which refuses a manifest with a name it does not know. */

const root = join(import.meta.dirname, '..')
const text = readFileSync(join(root, 'app.yml'), 'utf8')
const manifest: Record<string, unknown> & {
  default_permissions: Record<string, string>
  default_events: string[]
} = parse(text)

interface OpenApi {
  components: { schemas: { 'app-permissions': { properties: Record<string, { enum: string[] }> } } }
  'x-webhooks': Record<
    string,
    { post: { 'x-github': { subcategory: string; 'supported-webhook-types': string[] } } }
  >
}

const openApi: OpenApi = createRequire(import.meta.url)('@octokit/openapi/generated/api.github.com.json')

const eventsForApps = new Set(
  Object.values(openApi['x-webhooks'])
    .map(({ post }) => post['x-github'])
    .filter(github => github['supported-webhook-types'].includes('app'))
    .map(github => github.subcategory.replaceAll('-', '_')),
)

describe('app.yml', () => {
  it('asks for permissions that GitHub knows, at levels that it knows', () => {
    const known = openApi.components.schemas['app-permissions'].properties
    for (const [name, level] of Object.entries(manifest.default_permissions))
      expect(known[name]?.enum, name).toContain(level)
  })

  it('writes check runs, issues and pull requests with their branches, and nothing else', () => {
    const writes = Object.entries(manifest.default_permissions).filter(([, level]) => level !== 'read')
    expect(writes).toEqual([
      ['checks', 'write'],
      ['issues', 'write'],
      ['contents', 'write'],
      ['pull_requests', 'write'],
      ['workflows', 'write'],
    ])
  })

  it('subscribes to events that GitHub sends to apps, and to none that it sends unasked', () => {
    expect(eventsForApps.size).toBeGreaterThan(50)
    for (const event of manifest.default_events) expect(eventsForApps, event).toContain(event)
    expect(manifest.default_events).not.toContain('installation')
    expect(manifest.default_events).not.toContain('installation_repositories')
  })

  it('leaves to the set-up page what depends on the address it is opened at', () => {
    for (const key of ['hook_attributes', 'redirect_url', 'version']) expect(manifest).not.toHaveProperty(key)
    expect(manifest.url).toMatch(/^https:\/\//)
    expect(manifest.public).toBe(false)
  })

  it.each([...Object.keys(manifest.default_permissions), ...manifest.default_events])(
    'gives a reason for %s',
    name => {
      const lines = text.split('\n')
      const index = lines.findIndex(line => new RegExp(`^  (- )?${name}\\b`).test(line))
      const headings = lines.slice(0, index).filter(line => line.startsWith('  # '))
      expect(lines[index]?.includes(' # ') || /"Re-run"/.test(headings.at(-1) ?? '')).toBe(true)
    },
  )
})
