import { describe, expect, it } from 'vitest'
import type { Outcome } from '../../src/controls/control.ts'
import { checkTogether, isCustom } from '../../src/policy/custom-control.ts'
import { library, policyOf, repository } from './situation.ts'

/** What a policy or a repository may do to the time of everybody else. In processor time: the machine may be busy. */

const numbers = `x: [${Array.from({ length: 3_000 }, (_, index) => index + 1).join(', ')}]\n`
const words = `x: [${Array.from({ length: 3_000 }, (_, index) => `word-${index}`).join(', ')}]\n`
const long = `${'ab '.repeat(80_000)}!`

const file = (where: string) => `{ file: a.yaml, where: '${where}', message: m }`
const doubled = (times: number): string =>
  Array.from({ length: times }).reduce<string>(inner => `[${inner}].map(t, t + t)[0]`, 'text')

/** Each of them looks at each place of the text. */
const patterns = Array.from({ length: 60 }, (_, index) => `"(?:a|b| )*(?:a|b){4}[0-9]{${index + 1}}"`).join(
  ', ',
)

const explosions: [string, Record<string, string>, string][] = [
  [
    'comprehensions in each other',
    { 'a.yaml': numbers },
    file('doc.x.all(a, doc.x.all(b, doc.x.all(c, a + b + c > 0)))'),
  ],
  [
    'a comprehension that never finds',
    { 'a.yaml': numbers },
    file('doc.x.exists(a, doc.x.exists(b, doc.x.exists(c, a + b + c < 0)))'),
  ],
  [
    'errors that are taken in',
    { 'a.yaml': numbers },
    file('doc.x.exists(a, doc.x.exists(b, doc.x.exists(c, a.y == 1)))'),
  ],
  ['lists that grow', { 'a.yaml': numbers }, file('doc.x.map(a, doc.x.map(b, doc.x.map(c, a))).size() == 0')],
  [
    'text that is built',
    { 'a.yaml': words },
    file('doc.x.map(a, doc.x.map(b, doc.x.map(c, a + b + c))).size() == 0'),
  ],
  [
    'expressions on a long text',
    { 'a.txt': long },
    `{ file: a.txt, not-matches: [${patterns}], message: m }`,
  ],
  [
    'expressions that the file brings',
    { 'a.yaml': `${words}p: "((a{1,9}){1,9}){1,9}"\nt: "${'a'.repeat(9_000)}"\n` },
    file('doc.x.all(w, !doc.t.matches(doc.p + w))'),
  ],
  [
    'a message',
    { 'a.yaml': numbers },
    `{ file: a.yaml, where: 'false', message: '{{ doc.x.all(a, doc.x.all(b, doc.x.all(c, a + b + c > 0))) }}' }`,
  ],
  [
    'alternatives without number',
    { 'a.yaml': numbers },
    `{ any-of: [${Array.from({ length: 60 }, () => file('!doc.x.all(a, doc.x.all(b, a + b > 0))')).join(', ')}] }`,
  ],
]

const harmless = file('size(doc.x) == 3000')

const judged = (files: Record<string, string>, ...conditions: string[]) => {
  const controls = conditions.map(
    (condition, index) => `  c-${100 + index}: { title: C${index}, why: w, require: [${condition}] }\n`,
  )
  const policy = policyOf(`version: 1\ncontrols:\n${controls.join('')}`, library())
  const own = [...policy.controls.values()].filter(isCustom)
  const snapshot = repository({ files: { 'a.yaml': numbers, ...files } })
  const read = () => checkTogether(own, snapshot, '2026-11-22')
  const before = process.threadCpuUsage()
  const outcomes = read()
  const { user, system } = process.threadCpuUsage(before)
  return { outcomes: [...outcomes.values()], milliseconds: (user + system) / 1_000 }
}

const said = (outcome: Outcome | undefined): string =>
  outcome && 'message' in outcome ? `${outcome.status}: ${outcome.message}` : (outcome?.status ?? 'nothing')

// Reading the YAML, and compiling what runs, before the first expression is asked.
const reading = Math.max(...[1, 2].map(() => judged({}, harmless).milliseconds))
const margin = 150

describe('an explosion is cut off, named, and harms nobody', () => {
  it.each(explosions)('%s', (_, files, explosion) => {
    const { outcomes, milliseconds } = judged(files, harmless, explosion, harmless)
    expect(outcomes.map(outcome => outcome.status)).toEqual(['pass', 'unknown', 'pass'])
    expect(said(outcomes[1])).toContain('C1: its conditions were cut off')
    expect(milliseconds).toBeLessThan(100 + reading + margin)
  })

  it('in the hundreds', () => {
    const { outcomes, milliseconds } = judged(
      {},
      ...Array.from({ length: 30 }, () => explosions[0]?.[2] ?? ''),
      harmless,
    )
    expect(outcomes.map(outcome => outcome.status).slice(-2)).toEqual(['unknown', 'pass'])
    expect(milliseconds).toBeLessThan(30 * 20 + 150 + reading + 3 * margin)
  })

  it('and what is only unusual is answered', () => {
    const deep = (depth: number): string => (depth === 0 ? harmless : `{ all-of: [${deep(depth - 1)}] }`)
    const { outcomes } = judged(
      { 'a.txt': 'a'.repeat(5_000) },
      deep(4),
      `{ any-of: [${Array.from({ length: 100 }, () => harmless).join(', ')}] }`,
      `{ file: a.txt, matches: '^(a+)+$', not-matches: '(a|a)*b', message: m }`,
    )
    expect(outcomes.map(outcome => outcome.status)).toEqual(['pass', 'pass', 'pass'])
  })

  it('and text that doubles until there is no room for it fails', () => {
    const { outcomes } = judged({ 'a.yaml': `x: ${'y'.repeat(9_000)}` }, file(`${doubled(18)}.size() == 0`))
    expect(outcomes.map(said)[0]).toBe('fail')
  })
})
