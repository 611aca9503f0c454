import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { component } from '../support/snapshot.ts'
import { goldenPath } from './command.ts'

/** A folder of working copies; the database is test/e2e/preview-reading.test.ts's. */

let folder: string

const policy = (level: string, more = ''): string =>
  `version: 1\n${more}rules:\n  - name: Everybody\n    require: { catalog-info-valid: ${level} }\n`

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'golden-path-'))
  for (const [name, text] of Object.entries({ api: component('api'), shop: 'kind: [', mail: undefined })) {
    await mkdir(join(folder, 'acme', name), { recursive: true })
    await writeFile(join(folder, 'acme', name, 'README.md'), `# ${name}\n`)
    if (text !== undefined) await writeFile(join(folder, 'acme', name, 'catalog-info.yaml'), text)
  }
  for (const [name, text] of Object.entries({
    'observe.yml': policy('observe'),
    'enforce.yml': policy('enforce'),
    'limited.yml': policy('enforce', 'preview: { fail-above: 1 }\n'),
    'broken.yml': policy('enfroce'),
  }))
    await writeFile(join(folder, name), text)
})

afterAll(() => rm(folder, { recursive: true, force: true }))

const preview = (to: string, ...more: string[]) =>
  goldenPath('policy', 'preview', '--to', join(folder, to), '--checkouts', join(folder, 'acme'), ...more)

describe('golden-path policy preview', () => {
  it('says what a policy would do to working copies', async () => {
    const { code, out, err } = await preview('enforce.yml', '--from', join(folder, 'observe.yml'))
    expect(code, err).toBe(0)
    expect(out).toContain('2 of 3 repositories would newly fail, 2 of them at enforce')
    expect(out).toContain('- newly fails: `mail` and `shop`')
  })

  it('has each repository and control as JSON, and ends with 1 above the limit', async () => {
    const { code, out } = await preview('limited.yml', '--format', 'json')
    expect(code).toBe(1)
    const told = JSON.parse(out)
    expect(told).toMatchObject({ judged: 3, newlyFailing: 2, limit: 1, fails: { enforce: 2, advise: 0 } })
    expect(
      told.repositories.find((each: { repository: string }) => each.repository === 'shop'),
    ).toMatchObject({
      before: null,
      after: {
        conclusion: 'failure',
        controls: { 'catalog-info-valid': { level: 'enforce', status: 'fail' } },
      },
    })
  })

  it.each<[string, () => ReturnType<typeof goldenPath>, string]>([
    ['a policy with a mistake', () => preview('broken.yml'), 'broken.yml:4:36: '],
    ['a policy that is not there', () => preview('none.yml'), 'There is no policy file'],
    [
      'no place to look',
      () => goldenPath('policy', 'preview', '--to', join(folder, 'enforce.yml')),
      'Which database? Give --database-url',
    ],
    [
      'a folder that is not there',
      () =>
        goldenPath(
          'policy',
          'preview',
          '--to',
          join(folder, 'enforce.yml'),
          '--checkouts',
          join(folder, 'no'),
        ),
      'There is no directory',
    ],
    [
      'no new policy',
      () => goldenPath('policy', 'preview', '--checkouts', folder),
      "required option '--to <file>'",
    ],
  ])('ends with 2 for %s', async (_, run, expected) => {
    const { code, err } = await run()
    expect(code).toBe(2)
    expect(err).toContain(expected)
  })
})
