import { describe, expect, it } from 'vitest'
import type { Control, ControlContext } from '../../src/controls/control.ts'
import { builtInControls } from '../../src/controls/index.ts'
import { isTrueGlob } from '../../src/snapshot/linear-glob.ts'
import { absentFile } from '../../src/snapshot/snapshot.ts'
import { metadata } from '../support/facts.ts'
import { checked, type SnapshotParts, snapshotOf } from '../support/snapshot.ts'

/** What a failing repository holds, by the control that repairs it; `lost` are the lines that the fix takes away. */
const broken: Record<
  string,
  { files: Record<string, string>; facts?: SnapshotParts['facts']; lost?: string[] }[]
> = {
  'security-policy': [
    { files: { 'README.md': '# Payments\n' }, facts: { metadata: metadata({ hasSecurityPolicy: false }) } },
    { files: { '.github/SECURITY.md': '\n' } },
  ],
  'dependency-updates': [
    {
      files: {
        'package.json': '{}',
        'bun.lock': '',
        'a/pyproject.toml': '',
        'b/pyproject.toml': '',
        'c "d": e/go.mod': '',
        Dockerfile: 'FROM scratch\n',
        '.github/workflows/ci.yml': 'on: push\n',
      },
    },
    { files: Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`s${index}/go.mod`, ''])) },
  ],
  'workflow-permissions': [
    {
      files: {
        '.github/workflows/ci.yml':
          '# ours\nname: CI\non: [push]\n\njobs:\n  a:\n    permissions: { contents: write }\n    steps: []\n  b:\n    steps: []\n',
        '.github/workflows/ok.yml': 'on: push\npermissions: {}\njobs:\n  a:\n    steps: []\n',
        '.github/workflows/windows.yml': 'on: push\r\njobs:\r\n  a:\r\n    steps: []\r\n',
      },
    },
  ],
}

/** Library controls only: the fixes of an organisation's own are tested with its policy. */
const repairing = [...builtInControls.values()].filter(control => control.fix)

const contextOf = (control: Control): ControlContext => ({
  parameters: Object.fromEntries(
    Object.entries(control.parameters ?? {}).map(([name, parameter]) => [name, parameter.default]),
  ),
  today: '2026-11-22',
  outcomeOf: () => undefined,
  outcomeOn: () => undefined,
})

const taken = (control: Control, files: Record<string, string>, facts: SnapshotParts['facts'] = {}) =>
  snapshotOf({
    files: {
      ...Object.fromEntries(
        control.reads.files.filter(path => !isTrueGlob(path)).map(path => [path, absentFile('test')]),
      ),
      ...files,
    },
    facts,
    tree: Object.keys(files),
  })

describe('the fixes of the library', () => {
  it('each have a repository here that they repair', () => {
    expect(Object.keys(broken).sort()).toEqual(repairing.map(({ id }) => id).sort())
  })
})

describe.each(repairing.map(control => [control.id, control] as const))('the fix of %s', (id, control) => {
  it.each(broken[id] ?? [])(
    'repairs repository %#, and then has nothing to do',
    async ({ files, facts, lost = [] }) => {
      const before = await taken(control, files, facts)
      expect(checked(control, before).status).toBe('fail')
      const context = contextOf(control)
      const fix = control.fix?.(before, context)
      const edits = fix?.edits ?? []
      expect(edits.length).toBeGreaterThan(0)
      const edited = { ...files, ...Object.fromEntries(edits.map(({ path, text }) => [path, text])) }
      const after = await taken(control, edited, facts)
      expect(checked(control, after).status).toBe('pass')
      expect(control.fix?.(after, context)).toBeUndefined()
      expect(control.fix?.(before, context)).toEqual(fix)
      for (const { path, text } of edits) {
        expect(text).not.toBe(files[path])
        expect(text.endsWith('\n')).toBe(true)
        expect(linesLost(files[path] ?? '', text)).toEqual(lost)
      }
    },
  )
})

/** Lines of the one that the other has no longer, in order; blank ones are nothing to lose. */
const linesLost = (before: string, after: string): string[] => {
  const left = after.split('\n')
  return before.split('\n').filter(line => {
    if (line.trim() === '') return false
    const at = left.indexOf(line)
    if (at !== -1) left.splice(0, at + 1)
    return at === -1
  })
}
