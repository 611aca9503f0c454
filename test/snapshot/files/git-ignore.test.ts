import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openDirectory } from '../../../src/snapshot/files/directory-files.ts'
import { ignoreRules, isIgnored } from '../../../src/snapshot/files/git-ignore.ts'

describe('a .gitignore', () => {
  it.each<[string, string, boolean]>([
    ['.env', '.env', true],
    ['.env', 'services/pay/.env', true],
    ['/.env', 'services/pay/.env', false],
    ['*.py[cod]', 'a/b.pyc', true],
    ['dist/', 'a/dist', false],
    ['dist/', 'a/dist/', true],
    ['docs/build', 'docs/build', true],
    ['docs/build', 'a/docs/build', false],
    ['**/cache', 'a/b/cache', true],
    ['*.log\n!kept.log', 'a/kept.log', false],
    ['!kept.log\n*.log', 'a/kept.log', true],
    ['# .env', '.env', false],
    ['\\#odd', '#odd', true],
    ['.env  \r', '.env', true],
    ['[broken', 'broken', false],
    ['', 'a', false],
  ])('%j leaves out %s: %s', (text, path, expected) => {
    expect(isIgnored(path.replace(/\/$/, ''), path.endsWith('/'), ignoreRules(text, ''))).toBe(expected)
  })
})

describe('the files of a working copy', () => {
  const root = mkdtempSync(join(tmpdir(), 'golden-path-'))
  afterAll(() => rmSync(root, { recursive: true }))

  it('are those that git would keep, by the .gitignore of each directory', async () => {
    const files = {
      '.gitignore': '.env\ndist/\n/*.log\n',
      '.env': 'SECRET=1',
      'a.log': '',
      'dist/a.jar': '',
      'src/b.log': '',
      'src/.gitignore': '*.tmp\n!kept.tmp\n',
      'src/x.tmp': '',
      'src/kept.tmp': '',
      'other/x.tmp': '',
      'node_modules/x/package.json': '',
    }
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), text)
    }
    const listed = await (await openDirectory(root)).list()
    const paths = listed.known
      ? listed.value.filter(({ type }) => type === 'blob').map(({ path }) => path)
      : []
    expect(paths).toEqual(['.gitignore', 'other/x.tmp', 'src/.gitignore', 'src/b.log', 'src/kept.tmp'])
  })
})
