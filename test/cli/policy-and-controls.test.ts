import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { builtInControls } from '../../src/controls/index.ts'
import { goldenPath, run, workingCopy } from './command.ts'

describe('golden-path policy validate', () => {
  it('exits 0 for a valid policy and counts what is in it', async () => {
    const root = await workingCopy({
      'golden-path.yml': 'version: 1\nrules: [{ name: R, require: { techdocs: advise } }]\n',
    })
    expect(await goldenPath('policy', 'validate', join(root, 'golden-path.yml'))).toEqual({
      code: 0,
      out: 'The policy is valid: 1 rule, 0 controls of its own, 0 waivers.\n',
      err: '',
    })
  })

  it('exits 2 and says every mistake with its place', async () => {
    const root = await workingCopy({
      'golden-path.yml': 'version: 1\nrules: [{ name: R, require: { techdocs: advice } }]\n',
      'golden-path/waivers.yml': 'waivers: 7\n',
    })
    const file = join(root, 'golden-path.yml')
    const { code, err } = await goldenPath('policy', 'validate', file)
    expect(code).toBe(2)
    expect(err.split('\n')).toEqual([
      `${file}:2:41: "advice" is no level. Expected observe, advise or enforce; the nearest is "advise".`,
      `${join(root, 'golden-path/waivers.yml')}:1:10: 7 is a number. Expected a list.`,
      '',
    ])
  })

  it('says it as JSON', async () => {
    const root = await workingCopy({ 'p.yml': 'version: 3\n' })
    const { code, out } = await goldenPath('policy', 'validate', join(root, 'p.yml'), '--format', 'json')
    expect(code).toBe(2)
    expect(JSON.parse(out)).toEqual({
      valid: false,
      problems: [
        { path: join(root, 'p.yml'), line: 1, column: 10, message: 'Version 3 is not known. Expected 1.' },
      ],
    })
  })

  it('exits 2 when there is no such file', async () => {
    expect((await goldenPath('policy', 'validate', '/nowhere.yml')).code).toBe(2)
  })
})

describe('golden-path controls', () => {
  it('lists every one', async () => {
    const { code, out } = await goldenPath('controls')
    expect(code).toBe(0)
    for (const id of builtInControls.keys()) expect(out).toMatch(new RegExp(`^${id} +\\S`, 'm'))
  })

  it('explains one', async () => {
    const { code, out } = await goldenPath('controls', 'owner-exists')
    expect(code).toBe(0)
    expect(out).toContain(builtInControls.get('owner-exists')?.why)
    expect(out).toContain('docs/controls/owner-exists.md')
  })

  it('names the nearest when there is none of that name', async () => {
    const { code, err } = await goldenPath('controls', 'owner-exist')
    expect(code).toBe(2)
    expect(err).toContain('the nearest is "owner-exists"')
  })
})

describe('golden-path on another Node', () => {
  const system = ['/usr/bin/node', '/usr/local/bin/node'].find(existsSync)

  it.skipIf(!system)('than ours runs all the same', async () => {
    const program = join(import.meta.dirname, '../../bin/golden-path.mjs')
    const { code, out } = await run(system ?? '', [program, 'controls', 'techdocs'])
    expect(code).toBe(0)
    expect(out).toContain('(techdocs)')
  })
})
