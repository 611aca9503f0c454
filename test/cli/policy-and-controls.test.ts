import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { builtInControls } from '../../src/controls/index.ts'
import { goldenPath, program, run, workingCopy } from './command.ts'

describe('golden-path policy validate', () => {
  it('exits 0 for a valid policy and counts what is in it', async () => {
    const root = await workingCopy({
      'golden-path.yml': 'version: 1\nrules: [{ name: R, require: { techdocs: advise } }]\n',
    })
    for (const path of [join(root, 'golden-path.yml'), root])
      expect(await goldenPath('policy', 'validate', path)).toEqual({
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

  it('exits 2 for a file that the service would not read', async () => {
    const root = await workingCopy({
      'golden-path.yml': 'version: 1\n',
      'golden-path/waivers.yaml': 'waivers: []\n',
    })
    const { code, err } = await goldenPath('policy', 'validate', join(root, 'golden-path.yml'))
    expect(code).toBe(2)
    expect(err).toContain('golden-path/waivers.yaml is not read. Expected ')
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

  it.each([
    [['owner-exist'], 'the nearest is "owner-exists"'],
    [['--pack', 'ownership', '--format', 'xml'], 'Allowed choices are text, json'],
  ])('exits 2 for %j and says what was meant', async (given, expected) => {
    const { code, err } = await goldenPath('controls', ...given)
    expect(code).toBe(2)
    expect(err).toContain(expected)
  })
})

describe('golden-path on another Node', () => {
  const system = ['/usr/bin/node', '/usr/local/bin/node'].find(existsSync)

  it.skipIf(!system)('than ours runs all the same', async () => {
    const { code, out } = await run(system ?? '', [program, 'controls', 'techdocs'])
    expect(code).toBe(0)
    expect(out).toContain('(techdocs)')
  })
})

describe('golden-path in a pipe', () => {
  it('that is closed early ends quietly, with its own exit code', async () => {
    const command = `{ "${process.execPath}" "${program}" controls nope --format json; echo $? >&2; "${process.execPath}" "${program}" controls --format json; echo $? >&2; } | true`
    const { err } = await run('sh', ['-c', command])
    expect(err.trim().split('\n').slice(1)).toEqual(['2', '0'])
  })
})
