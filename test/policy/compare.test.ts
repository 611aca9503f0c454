import { describe, expect, it } from 'vitest'
import type { Finding } from '../../src/controls/control.ts'
import { fail, notApplicable, type Outcome, pass, undecided } from '../../src/controls/control.ts'
import { bounded } from '../../src/controls/support/bounded.ts'
import { compareControls } from '../../src/policy/compare.ts'
import { evaluate } from '../../src/policy/evaluate.ts'
import type { ControlVerdict } from '../../src/policy/verdict.ts'
import {
  type Base,
  type ChangedFile,
  type Fact,
  known,
  type Snapshot,
  unknown,
} from '../../src/snapshot/snapshot.ts'
import { control, library, policyOf, repository } from './situation.ts'

const verdictOn = (findings: readonly Finding[], odd: Partial<ControlVerdict> = {}): ControlVerdict => ({
  id: 'x',
  title: 'X',
  why: 'why',
  level: 'enforce',
  rule: { name: 'R', path: 'golden-path.yml', line: 1 },
  status: findings.length > 0 ? 'fail' : 'pass',
  message: findings[0]?.message ?? 'fine',
  findings: [...findings],
  satisfies: {},
  ...odd,
})

/** `a.yaml:3 message` */
const finding = (told: string): Finding => {
  const [, path, line, message = told] = /^(\S+?)(?::(\d+))? (.+)$/.exec(told) ?? []
  return path === '-' || path === undefined
    ? { message }
    : { message, location: { path, ...(line ? { line: Number(line) } : {}) } }
}

const summary = (control: ControlVerdict | undefined): string[] => [
  ...(control?.findings ?? []).map(({ since, message }) => `${since}: ${message}`),
  ...(control?.fixed ?? []).map(({ message }) => `fixed: ${message}`),
]

const written = (path: string, ...lines: [number, number][]): ChangedFile => ({
  path,
  status: 'modified',
  lines,
})

describe('two findings are the same', () => {
  it.each<[name: string, base: string[], head: string[], changes: ChangedFile[], told: string[]]>([
    ['at another line', ['a:3 "x" is wrong.'], ['a:9 "x" is wrong.'], [], ['inherited: "x" is wrong.']],
    [
      'with another line in the message',
      ['a:3 "x" stands twice, first in b.yaml:7. Expected one.'],
      ['a:3 "x" stands twice, first in b.yaml:12:2. Expected one.'],
      [],
      ['inherited: "x" stands twice, first in b.yaml:12:2. Expected one.'],
    ],
    [
      'not with another version where a line might stand',
      ['a:1 "node:24" moves.'],
      ['a:1 "node:16" moves.'],
      [written('a', [1, 1])],
      ['introduced: "node:16" moves.', 'fixed: "node:24" moves.'],
    ],
    [
      'when GitHub says of which line',
      ['a:3 GitHub says of line 3: Unknown owner.'],
      ['a:4 GitHub says of line 4: Unknown owner.'],
      [],
      ['inherited: GitHub says of line 4: Unknown owner.'],
    ],
    [
      'under another name of the file, which the message tells',
      ['old/a.yml:3 old/a.yml leaves "x" open.'],
      ['new/a.yml:3 new/a.yml leaves "x" open.'],
      [{ path: 'new/a.yml', before: 'old/a.yml', status: 'renamed', lines: [] }],
      ['inherited: new/a.yml leaves "x" open.'],
    ],
    [
      'in a file that was deleted and written anew elsewhere',
      ['old.yml:3 old.yml leaves "x" open.'],
      ['new.yml:30 new.yml leaves "x" open.'],
      [
        { path: 'new.yml', status: 'added', lines: [[1, 99]] },
        { path: 'old.yml', status: 'removed' },
      ],
      ['inherited: new.yml leaves "x" open.'],
    ],
    [
      'in a file that was copied, once only',
      ['old.yml:3 It leaves "x" open.'],
      ['new.yml:3 It leaves "x" open.', 'old.yml:3 It leaves "x" open.'],
      [{ path: 'new.yml', status: 'added', lines: [[1, 9]] }],
      ['introduced: It leaves "x" open.', 'inherited: It leaves "x" open.'],
    ],
    [
      'once: of two alike the one that was written is new',
      ['a:3 "x" is wrong.'],
      ['a:2 "x" is wrong.', 'a:4 "x" is wrong.'],
      [written('a', [2, 2])],
      ['introduced: "x" is wrong.', 'inherited: "x" is wrong.'],
    ],
    [
      'on a line that was written, if it says the same',
      ['a:3 "x" is wrong.'],
      ['a:3 "x" is wrong.'],
      [written('a', [3, 3])],
      ['inherited: "x" is wrong.'],
    ],
    [
      'with a smaller number',
      ['a 9 alerts are open for too long.'],
      ['a 7 alerts are open for too long.'],
      [],
      ['inherited: 7 alerts are open for too long.'],
    ],
    [
      'but not with a larger one',
      ['a 7 alerts are open for too long.'],
      ['a 1,009 alerts are open for too long.'],
      [],
      ['introduced: 1,009 alerts are open for too long.'],
    ],
    [
      'with more of what is right',
      ['a names no owner for 3 of the 9 files: x.js, y.js and z.js.'],
      ['a names no owner for 3 of the 12 files: x.js, y.js and z.js.'],
      [],
      ['inherited: names no owner for 3 of the 12 files: x.js, y.js and z.js.'],
    ],
    [
      'with a shorter list',
      ['a a.xml and b.xml set up logging and say nothing of audit.'],
      ['a a.xml sets up logging and says nothing of audit.'],
      [],
      ['inherited: a.xml sets up logging and says nothing of audit.'],
    ],
    [
      'but not with a longer list',
      ['a a.xml sets up logging and says nothing of audit.'],
      ['a a.xml and b.xml set up logging and say nothing of audit.'],
      [],
      ['introduced: a.xml and b.xml set up logging and say nothing of audit.'],
    ],
    [
      'with other names of a list that was cut, when there are fewer',
      ['a names no owner for 9 of the 10 files: a.js, b.js, c.js and 6 more.'],
      ['a names no owner for 5 of the 10 files: f.js, g.js, h.js and 2 more.'],
      [],
      ['inherited: names no owner for 5 of the 10 files: f.js, g.js, h.js and 2 more.'],
    ],
    [
      'but not about another field',
      ['a:1 This has no spec.owner. Expected one.'],
      ['a:1 This has no spec.type. Expected one.'],
      [],
      ['introduced: This has no spec.type. Expected one.'],
    ],
    [
      'but not about another owner: one is gone, another came',
      ['a:3 "x" is nobody of acme.'],
      ['a:3 "y" is nobody of acme.'],
      [written('a', [3, 3])],
      ['introduced: "y" is nobody of acme.', 'fixed: "x" is nobody of acme.'],
    ],
    [
      'but not with another value on a line that was written',
      ['a:3 retentionDays is 300, 365 is asked for.'],
      ['a:3 retentionDays is 30, 365 is asked for.'],
      [written('a', [3, 3])],
      ['introduced: retentionDays is 30, 365 is asked for.'],
    ],
    ['and fixed when nothing is left', ['a:3 "x" is wrong.'], [], [], ['fixed: "x" is wrong.']],
    ['without a place', ['- It is off.'], ['- It is off.'], [], ['inherited: It is off.']],
    [
      'but not at another path that nothing says was moved',
      ['a:3 "x" is wrong.'],
      ['b:3 "x" is wrong.'],
      [],
      ['introduced: "x" is wrong.', 'fixed: "x" is wrong.'],
    ],
  ])('%s', (_, base, head, changes, told) => {
    const [compared] = compareControls(
      [verdictOn(head.map(finding))],
      [verdictOn(base.map(finding))],
      known(changes, 'github'),
    )
    expect(summary(compared)).toEqual(told)
  })

  it('where GitHub lists no changes, by their words', () => {
    const cut = unknown('partial-answer', 'too many')
    const told = (head: string) =>
      summary(
        compareControls([verdictOn([finding(head)])], [verdictOn([finding('a:3 "x" is wrong.')])], cut)[0],
      )
    expect(told('a:5 "x" is wrong.')).toEqual(['inherited: "x" is wrong.'])
    expect(told('b:3 "x" is wrong.')).toEqual(['introduced: "x" is wrong.', 'fixed: "x" is wrong.'])
  })

  it('in seconds, however many there are and however they read', () => {
    const many = (from: number) =>
      Array.from({ length: 5_000 }, (_, index) =>
        finding(`a:${index + 1} "${(from + index) % 900}" ${'is '.repeat(20)}wrong.`),
      )
    const changes = known([written('a', [1, 2_500])], 'github')
    const before = performance.now()
    const [compared] = compareControls([verdictOn(many(1))], [verdictOn(many(450))], changes)
    expect(compared?.findings).toHaveLength(5_000)
    expect(performance.now() - before).toBeLessThan(3_000)
  })

  it.each<[name: string, told: (index: number, side: string) => string]>([
    ['of a thousand marks', (index, side) => `${':'.repeat(3_900)}x${index}${side}`],
    [
      'of a thousand words, most of them the same',
      (index, side) => `"${side}${index}" ${longWords} ${side.repeat(9)}`,
    ],
  ])('in seconds, when they are %s', (_, told) => {
    const sides = ['a', 'b'].map(side => Array.from({ length: 200 }, (_, index) => told(index, side)))
    const [base = [], head = []] = sides.map(all =>
      all.map(message => ({ message, location: { path: 'a' } })),
    )
    const changes = known([{ path: 'a', before: 'old', status: 'renamed' as const }], 'github')
    const before = performance.now()
    const [compared] = compareControls([verdictOn(head)], [verdictOn(base)], changes)
    expect(compared?.findings.every(({ since }) => since === 'introduced')).toBe(true)
    expect(performance.now() - before).toBeLessThan(3_000)
  })
})

const letters = [...'abcdefghijklmnopqrstuvwxyz']
const longWords = letters.flatMap(a => letters.map(b => `word${a}${b}`)).join(' ')

describe('a list of findings that was cut', () => {
  const open = (index: number): Finding => finding(`w${index}.yml:3 "a${index}" is not pinned.`)
  const all = (from: number, to: number): Finding[] =>
    Array.from({ length: to - from }, (_, index) => open(from + index))
  const touched = (...indexes: number[]): ChangedFile[] =>
    indexes.map(index => written(`w${index}.yml`, [3, 3]))
  const more = (amount: number): string => `${amount} more findings like these follow from here on.`

  it.each<
    [
      name: string,
      base: Finding[],
      head: Finding[],
      changes: ChangedFile[],
      introduced: string[],
      fixed: string[],
    ]
  >([
    ['as it was', all(0, 150), all(0, 150), [], [], []],
    [
      'one repaired, another one named in its place',
      all(0, 150),
      all(1, 150),
      touched(0),
      [],
      ['"a0" is not pinned.'],
    ],
    [
      'so many repaired that all are named',
      all(0, 150),
      all(60, 150),
      touched(...Array.from({ length: 60 }, (_, index) => index)),
      [],
      all(0, 60).map(({ message }) => message),
    ],
    [
      'one more, which pushes another one out',
      all(0, 150),
      [open(900), ...all(0, 150)],
      touched(900),
      ['"a900" is not pinned.'],
      [],
    ],
    [
      'one repaired and one more that is not named',
      all(0, 150),
      [...all(1, 150), open(900)],
      touched(0, 900),
      [more(51)],
      ['"a0" is not pinned.'],
    ],
    ['one more that is not named', all(0, 150), all(0, 151), touched(150), [more(52)], []],
    [
      'so many more that not all are named',
      all(0, 98),
      all(0, 103),
      touched(98, 99, 100, 101, 102),
      ['"a98" is not pinned.', more(4)],
      [],
    ],
  ])('%s', (_, base, head, changes, introduced, fixed) => {
    const [compared] = compareControls(
      [verdictOn(bounded(head))],
      [verdictOn(bounded(base))],
      known(changes, 'github'),
    )
    const isNew = compared?.findings.filter(({ since }) => since === 'introduced')
    expect(isNew?.map(({ message }) => message)).toEqual(introduced)
    expect((compared?.fixed ?? []).map(({ message }) => message)).toEqual(fixed)
  })
})

describe('a control', () => {
  const broken = [finding('a:1 broken')]
  const none = known<ChangedFile[]>([], 'github')
  const compared = (head: ControlVerdict, base: ControlVerdict | undefined): ControlVerdict | undefined =>
    compareControls([head], base ? [base] : [], none)[0]

  it.each<
    [name: string, head: Partial<ControlVerdict>, base: Partial<ControlVerdict> | undefined, told: string[]]
  >([
    ['not asked at the base introduces', { findings: broken }, undefined, ['introduced: broken']],
    [
      'asked less at the base introduces',
      { findings: broken },
      { findings: broken, level: 'advise' },
      ['introduced: broken'],
    ],
    [
      'asked more at the base inherits',
      { findings: broken, level: 'advise' },
      { findings: broken },
      ['inherited: broken'],
    ],
    [
      'that did not apply at the base introduces',
      { findings: broken },
      { status: 'not-applicable' },
      ['introduced: broken'],
    ],
    [
      'that was waived at the base inherits',
      { findings: broken },
      { findings: broken, status: 'waived' },
      ['inherited: broken'],
    ],
    [
      'that applies no longer is fixed',
      { status: 'not-applicable' },
      { findings: broken },
      ['fixed: broken'],
    ],
    ["that can't be decided any more is not", { status: 'unknown' }, { findings: broken }, []],
    [
      'that is waived tells nothing',
      { findings: broken, status: 'waived' },
      { findings: broken },
      ['undefined: broken'],
    ],
  ])('%s', (_, head, base, told) => {
    const of = (odd: Partial<ControlVerdict>) =>
      verdictOn([], { ...odd, status: odd.status ?? (odd.findings ? 'fail' : 'pass') })
    expect(summary(compared(of(head), base && of(base)))).toEqual(told)
  })

  it("that can't be decided at the base introduces, and says why", () => {
    const open = verdictOn([], { status: 'unknown', message: 'GitHub did not say.' })
    expect(compared(verdictOn(broken), open)).toMatchObject({
      uncompared: 'GitHub did not say.',
      findings: [{ since: 'introduced' }],
    })
    expect(compared(verdictOn([]), open)).toEqual(verdictOn([]))
  })
})

describe('a control that two rules ask with different parameters', () => {
  const policy = (line: string) =>
    policyOf(
      `version: 1\nrules:\n  - name: One\n    require: { x: { level: enforce, approvals: 1 } }\n  - name: Two\n    require: { x: { level: enforce, approvals: 2 } }\n${line}`,
      library({
        ...control('x'),
        // Each is kept by a file of its own.
        check: (snapshot, { parameters }) =>
          snapshot.files[`${parameters.approvals}.txt`]?.known
            ? pass('fine')
            : fail({ message: `"${parameters.approvals}" is missing` }),
      }),
    )
  const withFiles = (...approvals: number[]): Snapshot =>
    repository({ files: Object.fromEntries(approvals.map(each => [`${each}.txt`, ''])) })
  const told = (base: Snapshot, head: Snapshot, line = '') => {
    const { conclusion, controls } = evaluate(
      {
        ...head,
        target: { kind: 'pull-request', ref: 'refs/pull/7/head', sha: 'b'.repeat(40), pullRequest: 7 },
        base: known({ snapshot: base, changes: known([], 'github') }, 'github'),
      },
      policy(line),
      new Date('2026-11-22T12:00:00Z'),
    )
    return [
      conclusion,
      ...controls.flatMap(({ rule, status }) => [rule.name, status]),
      ...summary(controls[0]),
    ]
  }

  it.each<[name: string, base: number[], head: number[], expected: string[]]>([
    ['one not kept, and now neither', [2], [], ['failure', 'Two', 'fail', 'introduced: "2" is missing']],
    ['neither kept, and now one', [], [1], ['success', 'Two', 'fail', 'inherited: "2" is missing']],
    ['neither kept, as before', [], [], ['success', 'One', 'fail', 'inherited: "1" is missing']],
    ['both kept, and now one not', [1, 2], [1], ['failure', 'Two', 'fail', 'introduced: "2" is missing']],
  ])('is compared rule by rule: %s', (_, base, head, expected) => {
    expect(told(withFiles(...base), withFiles(...head))).toEqual(expected)
  })
})

describe('the conclusion of a pull request', () => {
  const at = (kind: Snapshot['target']['kind'], base: Fact<Base> | undefined): Snapshot => ({
    ...repository({ files: { 'is-head': 'x' } }),
    target: { kind, ref: 'refs/pull/7/head', sha: 'b'.repeat(40), pullRequest: 7 },
    ...(base ? { base } : {}),
  })
  const compared = known({ snapshot: repository(), changes: known([], 'github') }, 'github')
  const isHead = (snapshot: Snapshot): boolean => 'is-head' in snapshot.files
  const judge = (
    [head, base]: [Outcome, Outcome],
    {
      level = 'enforce',
      kind = 'pull-request',
      from = compared,
      counts = 'introduced',
    }: {
      level?: string
      kind?: Snapshot['target']['kind']
      from?: Fact<Base>
      counts?: string
    } = {},
  ) => {
    const controls = library({
      ...control('x'),
      check: snapshot => (isHead(snapshot) ? head : base),
    })
    const text = `version: 1\npull-requests: ${counts}\nrules:\n  - name: R\n    require: { x: ${level} }\n`
    return evaluate(at(kind, from), policyOf(text, controls), new Date('2026-11-22T12:00:00Z'))
  }
  const bad = fail({ message: 'bad' })
  const worse = fail({ message: 'bad' }, { message: 'quite another thing went to pieces' })
  const good = pass('good')
  const open = undecided('nobody knows')
  const idle = notApplicable('nothing here')
  const nowhere = unknown('unavailable', 'GitHub did not answer')

  it.each<
    [
      name: string,
      pair: [head: Outcome, base: Outcome],
      more: Parameters<typeof judge>[1],
      conclusion: string,
    ]
  >([
    ['introduced', [bad, good], {}, 'failure'],
    ['introduced as advice', [bad, good], { level: 'advise' }, 'neutral'],
    ['introduced, and only observed', [bad, good], { level: 'observe' }, 'success'],
    ['inherited', [bad, bad], {}, 'success'],
    ['inherited, in a merge group', [bad, bad], { kind: 'merge-group' }, 'success'],
    ['inherited, and all counts', [bad, bad], { counts: 'all' }, 'failure'],
    ['inherited as advice, and all counts', [bad, bad], { counts: 'all', level: 'advise' }, 'neutral'],
    ['inherited, on a default branch', [bad, bad], { kind: 'default-branch' }, 'failure'],
    ['made worse', [worse, bad], {}, 'failure'],
    ['made better', [bad, worse], {}, 'success'],
    ['fixed', [good, bad], {}, 'success'],
    ['where nothing applied before', [bad, idle], {}, 'failure'],
    ['where nothing applies now', [idle, bad], {}, 'success'],
    ['open at the base', [bad, open], {}, 'failure'],
    ['open at the head', [open, bad], {}, 'neutral'],
    ['open at both', [open, open], {}, 'neutral'],
    ['good where the base was open', [good, open], {}, 'success'],
    ['bad without a base', [bad, good], { from: nowhere }, 'failure'],
    ['good without a base', [good, good], { from: nowhere }, 'success'],
  ])('%s', (_, pair, more, conclusion) => {
    expect(judge(pair, more).conclusion).toBe(conclusion)
  })

  it('says what it was compared with, or why with nothing', () => {
    expect(judge([bad, bad]).comparison).toEqual({ base: 'a'.repeat(40), counts: 'introduced' })
    expect(judge([bad, bad], { from: nowhere }).comparison).toEqual({
      unknown: 'GitHub did not answer',
      counts: 'introduced',
    })
    expect(judge([bad, bad], { kind: 'default-branch' }).comparison).toBeUndefined()
  })

  it('of a snapshot of before there were comparisons is what it was', () => {
    const controls = library(control('x', bad))
    const text = 'version: 1\nrules:\n  - name: R\n    require: { x: enforce }\n'
    const verdict = evaluate(at('pull-request', undefined), policyOf(text, controls), new Date('2026-11-22'))
    expect(verdict).toMatchObject({ conclusion: 'failure', controls: [{ findings: [{ message: 'bad' }] }] })
    expect(JSON.stringify(verdict)).not.toMatch(/since|comparison/)
  })
})
