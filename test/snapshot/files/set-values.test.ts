import { describe, expect, it } from 'vitest'
import { type Setting, setValues } from '../../../src/snapshot/files/set-values.ts'

const at = (path: string, value: unknown): Setting => ({ path: path.split('.'), value })
const set = (text: string, ...settings: Setting[]) => setValues(text, settings, false)

describe('values are set in YAML', () => {
  it.each<[string, string, Setting[], string]>([
    [
      'in place, with comments, quotes and order kept',
      "# Ours\nname:  'x'   # why\naudit:\n    enabled: false # off for now\n    retentionDays: 30\nlist: [ 1,2 ]\n",
      [at('audit.enabled', true)],
      "# Ours\nname:  'x'   # why\naudit:\n    enabled: true # off for now\n    retentionDays: 30\nlist: [ 1,2 ]\n",
    ],
    [
      'where only a comment stands',
      'spec:\n  lifecycle: # How far?\n  owner:  # Who?\r\n  x:\n',
      [at('spec.owner', 'payments'), at('spec.x', 1)],
      'spec:\n  lifecycle: # How far?\n  owner: payments  # Who?\r\n  x: 1\n',
    ],
    [
      'an item of a list, in its quotes',
      "tags:\n  - 'Java' # ours\n  - x\n",
      [at('tags.0', 'java')],
      "tags:\n  - 'java' # ours\n  - x\n",
    ],
    [
      'several at once',
      'audit:\n  enabled: false\n  retentionDays: 30\n',
      [at('audit.enabled', true), at('audit.retentionDays', 365)],
      'audit:\n  enabled: true\n  retentionDays: 365\n',
    ],
    [
      'as a new line with the indentation of its neighbours',
      'audit:\n    enabled: true # yes\n\n# The rest\nother: 1\n',
      [at('audit.retentionDays', 365)],
      'audit:\n    enabled: true # yes\n    retentionDays: 365\n\n# The rest\nother: 1\n',
    ],
    [
      'with the mappings that lead there',
      'name: x\n',
      [at('audit.log.enabled', true)],
      'name: x\naudit:\n  log:\n    enabled: true\n',
    ],
    [
      'after what is nested in the last key',
      'audit:\n  log:\n    - a\n    - b\nother: 1\n',
      [at('audit.on', true)],
      'audit:\n  log:\n    - a\n    - b\n  on: true\nother: 1\n',
    ],
    [
      'in a flow mapping',
      'audit: { enabled: false }\n',
      [at('audit.enabled', true)],
      'audit: { enabled: true }\n',
    ],
    ['added to a flow mapping', 'audit: { a: 1 } # x\n', [at('audit.b', 2)], 'audit: { a: 1, b: 2 } # x\n'],
    ['added to an empty one', 'audit: {}\n', [at('audit.b.c', 2)], 'audit: { b: { c: 2 } }\n'],
    ['where nothing stood', 'audit:\n  enabled:\n', [at('audit.enabled', true)], 'audit:\n  enabled: true\n'],
    ['in an empty file', '# Only this\n', [at('a.b', 1)], '# Only this\na:\n  b: 1\n'],
    ['without a last line end', 'a: 1', [at('b', 2)], 'a: 1\nb: 2\n'],
    ['with the line ends of Windows', 'a: 1\r\nb: 2\r\n', [at('c', 3)], 'a: 1\r\nb: 2\r\nc: 3\r\n'],
    ['as text that looks like something else', 'a: 1\n', [at('a', 'true')], 'a: "true"\n'],
    ['as a list', 'a: 1\n', [at('a', ['x', 'y'])], 'a: ["x","y"]\n'],
    ['in the first document only', 'a: 1\n---\na: 1\n', [at('a', 2)], 'a: 2\n---\na: 1\n'],
    ['by the last of two equal keys', 'a: 1\na: 2\n', [at('a', 3)], 'a: 1\na: 3\n'],
    ['not at all where they are set', 'a: 1 # x\n', [at('a', 1)], 'a: 1 # x\n'],
  ])('%s', (_, text, settings, expected) => {
    expect(set(text, ...settings)).toBe(expected)
  })

  it.each<[string, string, Setting]>([
    ['a block of text', 'a: |\n  x\n  y\n', at('a', 1)],
    ['a mapping that holds more', 'a:\n  b: 1\n', at('a', 1)],
    ['what is no mapping', 'a: 1\n', at('a.b', 1)],
    ['an alias', 'x: &x { b: 1 }\na: *x\n', at('a.b', 2)],
    ['an anchor', 'a: &x 1\nb: *x\n', at('a', 2)],
    ['what does not parse', 'a: [\n', at('a', 2)],
    ['a bomb', `a: &a [x]\nb: [${'*a, '.repeat(5_000)}]\nc: 1\n`, at('c', 2)],
    ['nesting without end', `a: ${'['.repeat(5_000)}`, at('b', 2)],
    ['a huge file', `a: ${'x'.repeat(100_000)}\n`, at('b', 2)],
  ])('and nothing is touched in %s', (_, text, setting) => {
    expect(set(text, setting)).toBeUndefined()
  })
})

describe('values are set in JSON', () => {
  it.each<[string, string, Setting[], string]>([
    ['in place', '{\n  "a": 1,\n  "b": "x"\n}\n', [at('a', 2)], '{\n  "a": 2,\n  "b": "x"\n}\n'],
    ['on a line of their own', '{\n    "a": 1\n}\n', [at('b', 'x')], '{\n    "a": 1,\n    "b": "x"\n}\n'],
    ['on the same line', '{"a": 1}', [at('b.c', true)], '{"a": 1, "b": { "c": true }}'],
    ['in an empty object', '{}\n', [at('a', 1)], '{ "a": 1 }\n'],
  ])('%s', (_, text, settings, expected) => {
    expect(setValues(text, settings, true)).toBe(expected)
  })
})
