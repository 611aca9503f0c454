import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type CheckOptions, checkDirectory, type Output } from '../../src/cli/check.ts'
import { validatePolicy } from '../../src/cli/validate-policy.ts'
import { hostilePolicies } from '../support/hostile-policies.ts'
import {
  type HostileRepository,
  hostilePolicy,
  hostileRepositories,
} from '../support/hostile-repositories.ts'

/** What the service meets in test/e2e/hostile.test.ts, here as directories: the same clear words, without a network. */

const temporary = async (): Promise<string> => {
  const path = await mkdtemp(join(tmpdir(), 'golden-path-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}

const write = async (root: string, files: HostileRepository['files']): Promise<void> => {
  for (const [path, content] of Object.entries(files)) {
    const at = join(root, path)
    await mkdir(dirname(at), { recursive: true })
    if (typeof content === 'string') await writeFile(at, content)
    else if ('symlink' in content) await symlink(content.symlink, at)
    else throw new Error(`${path} is neither a text nor a link`)
  }
}

/** The command as the program runs it, in this process: thirty of them start in no time. */
const said = async (command: (output: Output) => Promise<number>) => {
  let [out, err] = ['', '']
  const code = await command({
    write: text => {
      out += text
    },
    warn: text => {
      err += text
    },
  })
  return { code, out, err }
}

const check = (root: string, options: Pick<CheckOptions, 'policy' | 'format'>) =>
  said(output => checkDirectory(root, { all: false, ...options }, { ...output, now: new Date() }))

/** Needs teams and errors that only GitHub tells. */
const onlyAtGitHub = new Set(['many-owners', 'owner-for-a-backtracking-expression', 'rules-times-entities'])

// Most take a tenth of a second, none takes two on an idle machine.
const generous = 20_000

describe('golden-path check of a hostile directory', () => {
  const repositories = hostileRepositories({ github: 'https://github.example', canary: 9 })

  it.each(repositories.filter(({ name }) => !onlyAtGitHub.has(name)))(
    '$name is told what is wrong',
    { timeout: generous },
    async ({ name, files, says, conclusion }) => {
      const parent = await temporary()
      const root = join(parent, name)
      await write(root, files)
      await write(parent, { 'golden-path.yml': hostilePolicy })
      const policy = join(parent, 'golden-path.yml')
      // SARIF holds every finding, and nothing of what passes.
      const format = conclusion === 'success' ? 'json' : 'sarif'
      const { code, out, err } = await check(root, { policy, format })
      expect(err).toBe('')
      expect(code).toBe(conclusion === 'failure' ? 1 : 0)
      const told = JSON.stringify(JSON.parse(out))
      expect(told.replaceAll(/[\\"]/g, '')).toContain(says.replaceAll('"', ''))
    },
  )

  it.each(repositories.filter(({ name }) => onlyAtGitHub.has(name)))(
    '$name is judged, and what only GitHub knows is left open',
    { timeout: generous },
    async ({ name, files, control }) => {
      const root = join(await temporary(), name)
      await write(root, files)
      const { out } = await check(root, { format: 'json' })
      const verdict = JSON.parse(out).controls.find(({ id }: { id: string }) => id === control)
      expect(verdict.status).toBe('unknown')
    },
  )
})

describe('golden-path policy validate of a hostile policy', () => {
  // The size of a file is asked of GitHub; on a disk it is the parser that refuses.
  it.each(hostilePolicies.filter(({ name }) => name !== '20 MB'))(
    '$name is refused at its line',
    { timeout: generous },
    async ({ files, says }) => {
      const root = await temporary()
      await write(root, files)
      const { code, out, err } = await said(output =>
        validatePolicy([join(root, 'golden-path.yml')], { format: 'text' }, output),
      )
      expect(code).not.toBe(0)
      expect(`${out}${err}`.replaceAll(/[\\"]/g, '')).toContain(says.replaceAll('"', ''))
      expect(`${out}${err}`).toMatch(/golden-path(?:\/\w+)?\.yml:\d+:\d+/)
    },
  )
})
