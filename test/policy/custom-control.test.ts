import { describe, expect, it } from 'vitest'
import type { Outcome } from '../../src/controls/control.ts'
import { compileExpression, holds, type Scope } from '../../src/policy/cel.ts'
import { checkTogether, isCustom } from '../../src/policy/custom-control.ts'
import { evaluate } from '../../src/policy/evaluate.ts'
import { fullPatternAllowance } from '../../src/policy/pattern-allowance.ts'
import { withTimeLimit } from '../../src/policy/time-limit.ts'
import { type Snapshot, unknown } from '../../src/snapshot/snapshot.ts'
import { library, policyOf, repository } from './situation.ts'

const controlsOf = (...conditions: string[]) => {
  const text = conditions.map(
    (condition, index) =>
      `  mine-${index}:\n    title: Mine ${index}\n    why: W\n    require:\n      - ${condition}\n`,
  )
  const require = conditions.map((_, index) => `mine-${index}: enforce`).join(', ')
  return policyOf(
    `version: 1\nrules:\n  - { name: R, require: { ${require} } }\ncontrols:\n${text.join('')}`,
    library(),
  )
}

const judge = (snapshot: Snapshot, ...conditions: string[]): Map<string, Outcome> =>
  checkTogether([...controlsOf(...conditions).controls.values()].filter(isCustom), snapshot, '2026-11-22')

const outcome = (snapshot: Snapshot, condition: string): Outcome =>
  judge(snapshot, condition).get('mine-0') ?? { status: 'unknown', message: 'not judged' }

const onData: Scope = { file: true, data: true, manifest: false, component: false }
const compile = (source: string) => compileExpression(source, 'bool', onData, fullPatternAllowance())

const logging =
  '{ file: "config/logging.{yaml,yml,json}", where: "doc.audit.enabled == true && doc.audit.retentionDays >= 365", message: Keep them a year. }'

/** `fail config/logging.yaml:3:18 sentence`, or `pass`. */
const said = (result: Outcome): string => {
  if (result.status !== 'fail')
    return result.status === 'pass' ? 'pass' : `${result.status} ${result.message}`
  const { message, location } = result.findings[0]
  const place = location ? `${location.path}:${location.line}:${location.column} ` : ''
  return `fail ${place}${message}`
}

describe('a condition over a file', () => {
  it.each<[string, Record<string, string>, string]>([
    ['kept in YAML', { 'config/logging.yaml': 'audit: { enabled: true, retentionDays: 400 }\n' }, 'pass'],
    ['kept in JSON', { 'config/logging.json': '{"audit": {"enabled": true, "retentionDays": 365}}' }, 'pass'],
    [
      'kept by every document’s first',
      { 'config/logging.yml': 'audit: { enabled: true, retentionDays: 365 }\n---\nx: 1\n' },
      'pass',
    ],
    [
      'not kept',
      { 'config/logging.yaml': 'audit:\n  enabled: true\n  retentionDays: 30\n' },
      'fail config/logging.yaml:3:18 audit.retentionDays is 30. Keep them a year.',
    ],
    [
      'not kept in JSON',
      { 'config/logging.json': '{\n  "audit": {\n    "enabled": false,\n    "retentionDays": 365\n  }\n}' },
      'fail config/logging.json:3:16 audit.enabled is false. Keep them a year.',
    ],
    [
      'over a key that is not there',
      { 'config/logging.yaml': 'audit:\n  enabled: true\n' },
      'fail config/logging.yaml:1:1 audit.retentionDays is not set. Keep them a year.',
    ],
    [
      'over nothing like it',
      { 'config/logging.yaml': 'x: 1\n' },
      'fail config/logging.yaml:1:1 audit.enabled is not set. Keep them a year.',
    ],
    [
      'over an empty file',
      { 'config/logging.yaml': '' },
      'fail config/logging.yaml:1:1 audit.enabled is not set. Keep them a year.',
    ],
    [
      'over another type',
      { 'config/logging.yaml': 'audit:\n  enabled: true\n  retentionDays: "400"\n' },
      "fail config/logging.yaml:3:18 The condition can't be applied: no such overload: dyn<string> >= int. Keep them a year.",
    ],
    [
      'over a file that is no YAML',
      { 'config/logging.yaml': 'audit:\n  - [\n' },
      'fail config/logging.yaml:3:1 config/logging.yaml is not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ].',
    ],
    [
      'over a file that is not there',
      {},
      'fail No file matches config/logging.{yaml,yml,json}. Keep them a year.',
    ],
    [
      'kept by one file of two',
      {
        'config/logging.yaml': 'audit: { enabled: true, retentionDays: 400 }\n',
        'config/logging.json': '{}',
      },
      'fail config/logging.json:1:1 audit.enabled is not set. Keep them a year.',
    ],
    [
      'over aliases',
      { 'config/logging.yaml': 'a: &a { enabled: true, retentionDays: 400 }\naudit: *a\n' },
      'pass',
    ],
    [
      'over a merge key',
      { 'config/logging.yaml': 'a: &a { enabled: true }\naudit: { <<: *a, retentionDays: 400 }\n' },
      'pass',
    ],
  ])('%s', (_, files, expected) => {
    expect(said(outcome(repository({ files }), logging))).toBe(expected)
  })

  it('shows no text of the file, which may be a secret', () => {
    const files = { 'a.yaml': 'password: hunter2\n' }
    expect(
      JSON.stringify(
        outcome(
          repository({ files }),
          '{ file: a.yaml, where: \'doc.password == ""\', message: Remove it. }',
        ),
      ),
    ).not.toContain('hunter2')
  })

  it.each<[string, string, string, string]>([
    ['text', 'a.txt', 'FROM node:24\n', 'text.startsWith("FROM node:24")'],
    ['text by an expression', 'a.txt', 'FROM node:24\n', 'text.matches("(?m)^FROM node:[0-9]+$")'],
    [
      'a list',
      'a.yaml',
      'jobs: [{ name: a }, { name: b }]\n',
      'doc.jobs.exists(job, job.name == "b") && size(doc.jobs) == 2',
    ],
    ['every document', 'a.yaml', 'x: 1\n---\nx: 2\n', 'size(docs) == 2 && docs.all(each, each.x > 0)'],
    ['what may be missing', 'a.yaml', 'x: 1\n', '!has(doc.y) || doc.y > 3'],
    ['fractions', 'a.yaml', 'x: 0.5\ny: 1\n', 'doc.x < 1.0 && doc.y + 1 == 2'],
    ['odd keys', 'a.yaml', '"a b": 1\n__proto__: 2\n', 'doc["a b"] == 1 && doc["__proto__"] == 2'],
    ['nothing of JavaScript', 'a.yaml', 'x: 1\n', '!has(doc.constructor) && !has(doc.toString)'],
  ])('may ask about %s', (_, path, text, where) => {
    expect(
      said(
        outcome(repository({ files: { [path]: text } }), `{ file: ${path}, where: '${where}', message: m }`),
      ),
    ).toBe('pass')
  })
})

describe('a file by a glob', () => {
  const condition = '{ file: "services/**/*.yaml", where: "has(doc.owner)", message: Name an owner. }'
  it.each<[string, Record<string, string>, string]>([
    ['passes when each does', { 'services/a.yaml': 'owner: x', 'services/b/c.yaml': 'owner: y' }, 'pass'],
    [
      'fails when one does',
      { 'services/a.yaml': 'owner: x', 'services/b/c.yaml': 'o: y' },
      'fail services/b/c.yaml:1:1 owner is not set. Name an owner.',
    ],
    [
      'fails when none matches',
      { 'web/a.yaml': 'owner: x' },
      'fail No file matches services/**/*.yaml. Name an owner.',
    ],
  ])('%s', (_, files, expected) => {
    expect(said(outcome(repository({ files }), condition))).toBe(expected)
  })

  it('is undecided while the tree is unknown', () => {
    const snapshot = { ...repository(), tree: unknown('partial-answer', 'the tree was cut short') }
    expect(said(outcome(snapshot, condition))).toBe(
      "unknown Which files match services/**/*.yaml can't be known: the tree was cut short.",
    )
  })
})

describe('a file that can not be read', () => {
  it.each([
    ['too-large', 'fail'],
    ['binary', 'fail'],
    ['symbolic-link', 'fail'],
    ['permission', 'unknown'],
    ['unavailable', 'unknown'],
  ] as const)('because it is %s is %s, never a pass', (reason, status) => {
    const snapshot = repository()
    snapshot.files['a.yaml'] = unknown(reason, 'a.yaml is not readable')
    expect(outcome(snapshot, '{ file: a.yaml, message: m }').status).toBe(status)
  })

  it('is unknown when nobody asked for it', () => {
    expect(outcome(repository(), '{ file: unasked.yaml, message: m }').status).toBe('unknown')
  })
})

const list = `x: [${Array.from({ length: 2_000 }, (_, index) => index + 1).join(', ')}]\n`
const exploding =
  '{ file: a.yaml, where: "doc.x.all(a, doc.x.all(b, doc.x.all(c, doc.x.all(d, a + b + c + d > 0))))", message: m }'

describe('what takes too long is cut off', () => {
  it('is unknown, and the others are judged', () => {
    const harmless = '{ file: a.yaml, where: "size(doc.x) == 2000", message: m }'
    const outcomes = judge(repository({ files: { 'a.yaml': list } }), harmless, exploding, harmless)
    expect([...outcomes.entries()].sort().map(([id, result]) => `${id} ${result.status}`)).toEqual([
      'mine-0 pass',
      'mine-1 unknown',
      'mine-2 pass',
    ])
    expect(said(outcomes.get('mine-1') ?? { status: 'pass', message: '' })).toBe(
      'unknown Mine 1: its conditions were cut off, since they take longer than the 100 ms that those of a repository have.',
    )
  })

  it('can not hold up the service in numbers, nor harm what is harmless after it', () => {
    const harmless = '{ file: a.yaml, where: "size(doc.x) == 2000", message: m }'
    const before = process.threadCpuUsage()
    const outcomes = judge(
      repository({ files: { 'a.yaml': list } }),
      ...Array.from({ length: 20 }, () => exploding),
      harmless,
    )
    const { user, system } = process.threadCpuUsage(before)
    expect([...outcomes.values()].map(result => result.status).sort()).toEqual([
      'pass',
      ...Array.from({ length: 20 }, () => 'unknown'),
    ])
    // 94 ms for the first four and 5 for each of the others, then 94 for a second try.
    expect((user + system) / 1_000).toBeLessThan(1_500)
  })

  it('also when the control is judged alone, and again', () => {
    const policy = controlsOf(exploding)
    const snapshot = repository({ files: { 'a.yaml': list } })
    const judged = () => evaluate(snapshot, policy, new Date('2026-11-22')).controls[0]?.status
    expect([judged(), judged()]).toEqual(['unknown', 'unknown'])
    const calm = repository({ files: { 'a.yaml': 'x: [1, 2]\n' } })
    expect(evaluate(calm, policy, new Date('2026-11-22')).conclusion).toBe('success')
  })

  it.each([
    ['nested repetition', '^(a+)+$'],
    ['the same twice', '^(a|a)*b'],
    ['many stars', 'a*a*a*a*a*a*a*a*b'],
  ])('an expression that is catastrophic elsewhere, by %s, is answered', (_, pattern) => {
    const condition = `{ file: a.txt, where: 'text.matches("${pattern}")', message: m }`
    const files = { 'a.txt': `${'a'.repeat(1_000)}!` }
    expect(said(outcome(repository({ files }), condition))).toBe('fail a.txt:1:1 m')
  })

  it('an expression that would be a huge program is refused', () => {
    expect(compile('text.matches("((a{0,100}){0,100}){0,100}")')).toMatchObject({ ok: false })
  })

  it('an expression that comes from the file as well', () => {
    const condition = '{ file: a.yaml, where: "doc.text.matches(doc.pattern)", message: m }'
    const files = { 'a.yaml': `pattern: ^(a+)+$\ntext: ${'a'.repeat(5_000)}!\n` }
    expect(said(outcome(repository({ files }), condition))).toContain('fail a.yaml:')
  })
})

describe('hostile files', () => {
  const condition = '{ file: a.yaml, where: "has(doc.a)", message: m }'
  it.each<[string, string, string]>([
    ['an alias bomb', `a: &a [x]\nb: [${'*a, '.repeat(2_000)}]\n`, 'has aliases that multiply beyond reason'],
    ['nesting without end', `a: ${'['.repeat(20_000)}`, 'a.yaml'],
    [
      'brackets that close nothing',
      ']'.repeat(250_000),
      'a.yaml has more than 120,000 keys, values and brackets.',
    ],
    ['more than is read', `a: ${'x'.repeat(300_000)}\n`, 'more than the 256 KiB that a condition reads'],
  ])('%s fails', (_, text, expected) => {
    const result = outcome(repository({ files: { 'a.yaml': text } }), condition)
    expect(result.status).toBe('fail')
    expect(said(result)).toContain(expected)
  })
})

describe('withTimeLimit', () => {
  it('gives what ends, throws what throws, cuts off what does neither', () => {
    expect(withTimeLimit(100, () => 7)).toEqual({ ended: true, value: 7 })
    expect(() =>
      withTimeLimit(100, () => {
        throw new RangeError('mine')
      }),
    ).toThrow(new RangeError('mine'))
    expect(
      withTimeLimit(20, () => {
        for (;;);
      }),
    ).toMatchObject({ ended: false })
  })

  it('may be used within itself', () => {
    const nested = withTimeLimit(2_000, () => {
      const inner = withTimeLimit(20, () => {
        for (;;);
      })
      return inner.ended
    })
    expect(nested).toEqual({ ended: true, value: false })
    expect(withTimeLimit(100, () => 'still works')).toEqual({ ended: true, value: 'still works' })
  })
})

describe('compileExpression', () => {
  it('knows the parts of a condition and what they look at', () => {
    const compiled = compile('doc.a.b == 1 && (doc["c"][0] > 2 || text == "x")')
    expect(compiled.ok && compiled.expression.parts).toEqual([
      { source: 'doc.a.b == 1', paths: [['doc', 'a', 'b']] },
      { source: 'doc["c"][0] > 2 || text == "x"', paths: [['doc', 'c', 0], ['text']] },
    ])
  })

  it('refuses what is too large to be a condition', () => {
    for (const source of [
      `${'('.repeat(5_000)}true${')'.repeat(5_000)}`,
      `true${' && true'.repeat(5_000)}`,
      '!'.repeat(50_000),
    ]) {
      expect(compile(source).ok).toBe(false)
    }
  })

  it('is evaluated with nothing but its variables', () => {
    const part = (source: string) => ({ source, paths: [] })
    const variables = { doc: { a: 1n }, docs: [], text: '' }
    expect(holds(part('doc.a == 1'), variables)).toEqual({ ok: true, value: true })
    expect(holds(part('process.exit() == 1'), variables).ok).toBe(false)
  })
})
