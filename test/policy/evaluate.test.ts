import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fail, notApplicable, type Outcome, pass, undecided } from '../../src/controls/control.ts'
import { evaluate } from '../../src/policy/evaluate.ts'
import type { Policy } from '../../src/policy/policy.ts'
import type { ControlVerdict } from '../../src/policy/verdict.ts'
import { unknown } from '../../src/snapshot/snapshot.ts'
import { control, failing, library, policyOf, repository, type Told } from './situation.ts'

const now = new Date('2026-11-22T12:00:00Z')

const controls = library(
  control('good'),
  control('bad', failing()),
  control('open', undecided('no permission')),
  control('idle', notApplicable('nothing here')),
  control('broken', () => {
    throw new Error('oh no')
  }),
)

const judge = (rules: string, told: Told = {}, at = now) =>
  evaluate(repository(told), policyOf(`version: 1\n${rules}`, controls), at)

const asking = (require: string, more = ''): string =>
  `rules:\n  - name: R\n    require: { ${require} }\n${more}`

const only = (verdict: { controls: ControlVerdict[] }): ControlVerdict => {
  const [first, ...rest] = verdict.controls
  if (!first || rest.length > 0) throw new Error(`${verdict.controls.length} controls instead of one`)
  return first
}

describe('the conclusion', () => {
  it.each([
    ['good: enforce', 'success'],
    ['bad: enforce', 'failure'],
    ['bad: advise', 'neutral'],
    ['bad: observe', 'success'],
    ['open: enforce', 'neutral'],
    ['open: advise', 'neutral'],
    ['open: observe', 'success'],
    ['idle: enforce', 'success'],
    ['broken: enforce', 'neutral'],
    ['bad: enforce, open: enforce', 'failure'],
    ['good: enforce, bad: observe, open: advise', 'neutral'],
    ['bad: { level: enforce, from: 2026-11-22 }', 'failure'],
    ['bad: { level: enforce, from: 2026-11-23 }', 'neutral'],
  ])('of %s is %s', (require, conclusion) => {
    expect(judge(asking(require)).conclusion).toBe(conclusion)
  })

  it('of a repository that no rule is for is success, and nothing is listed', () => {
    const verdict = judge('rules:\n  - name: R\n    for: { names: nobody }\n    require: { bad: enforce }\n')
    expect(verdict).toMatchObject({ conclusion: 'success', controls: [] })
  })
})

describe('a control', () => {
  it('says what was decided by which rule', () => {
    expect(only(judge(asking('bad: enforce')))).toEqual({
      id: 'bad',
      title: 'bad',
      why: 'why bad',
      level: 'enforce',
      rule: { name: 'R', path: 'golden-path.yml', line: 4 },
      status: 'fail',
      message: 'broken',
      findings: [{ message: 'broken', location: { path: 'a', line: 1 } }],
      satisfies: {},
    })
  })

  it('that breaks is unknown, never a pass, and the others are judged', () => {
    const verdict = judge(asking('broken: enforce, bad: enforce'))
    expect(verdict.controls.map(({ id, status }) => [id, status])).toEqual([
      ['bad', 'fail'],
      ['broken', 'unknown'],
    ])
    expect(verdict.controls[1]?.message).toBe(
      'broken (broken) broke while it was checked: oh no. Please report it.',
    )
  })

  it('is listed in the order of the library, then by id', () => {
    const own =
      'controls:\n  zz: { title: T, why: W, require: [{ file: a.yaml, message: m }] }\n  aa: { title: T, why: W, require: [{ file: a.yaml, message: m }] }\n'
    const verdict = judge(asking('aa: advise, zz: advise, bad: advise, good: advise', own))
    expect(verdict.controls.map(({ id }) => id)).toEqual(['good', 'bad', 'aa', 'zz'])
  })

  it('gets the parameters of its rule, and its defaults for the rest', () => {
    const seen: unknown[] = []
    const curious = {
      ...control('curious'),
      check: (_: unknown, { parameters }: { parameters: unknown }): Outcome => {
        seen.push(parameters)
        return pass('seen')
      },
    }
    const policy = (text: string) => policyOf(`version: 1\n${asking(text)}`, library(curious))
    evaluate(repository(), policy('curious: advise'), now)
    evaluate(repository(), policy('curious: { level: advise, approvals: 3 }'), now)
    expect(seen).toEqual([{ approvals: 1 }, { approvals: 3 }])
  })

  it('may ask for the outcome of another one, but not for its own', () => {
    const asks = {
      ...control('asks'),
      asksOthers: true as const,
      check: (_: unknown, { outcomeOf }: { outcomeOf: (id: string) => Outcome | undefined }): Outcome =>
        pass([outcomeOf('bad')?.status, outcomeOf('asks')?.status, outcomeOf('nobody')?.status].join()),
    }
    const policy = policyOf(`version: 1\n${asking('asks: advise')}`, library(asks, control('bad', failing())))
    expect(only(evaluate(repository(), policy, now)).message).toBe('fail,unknown,')
  })

  it('is undecided when it asks without having said so, since a preview would not know', () => {
    const asks = {
      ...control('asks'),
      check: (_: unknown, { outcomeOf }: { outcomeOf: (id: string) => Outcome | undefined }): Outcome =>
        pass(outcomeOf('bad')?.status ?? ''),
    }
    const policy = policyOf(`version: 1\n${asking('asks: advise')}`, library(asks, control('bad', failing())))
    expect(only(evaluate(repository(), policy, now))).toMatchObject({
      status: 'unknown',
      message: 'asks (asks) asks other controls and does not say so. Please report it.',
    })
  })
})

const two = (first: string, second: string, selector = ''): string =>
  `rules:\n  - name: First\n    require: { ${first} }\n  - name: Second\n${selector}    require: { ${second} }\n`

describe('where two rules meet', () => {
  it.each([
    ['the stricter wins', 'bad: advise', 'bad: enforce', 'Second', 'enforce'],
    ['in any order', 'bad: enforce', 'bad: advise', 'First', 'enforce'],
    ['over what is observed', 'bad: observe', 'bad: advise', 'Second', 'advise'],
    [
      'by the day, not by the word',
      'bad: { level: enforce, from: 2027-01-15 }',
      'bad: enforce',
      'Second',
      'enforce',
    ],
    [
      'a date makes advice the stricter',
      'bad: advise',
      'bad: { level: enforce, from: 2027-01-15 }',
      'Second',
      'advise',
    ],
    [
      'the nearer date more so',
      'bad: { level: enforce, from: 2027-02-01 }',
      'bad: { level: enforce, from: 2027-01-15 }',
      'Second',
      'advise',
    ],
    ['of equals the name decides, which is unique', 'bad: advise', 'bad: advise', 'First', 'advise'],
  ])('%s', (_, first, second, name, level) => {
    expect(only(judge(two(first, second)))).toMatchObject({ rule: { name }, level })
  })

  it('with different parameters both must be kept', () => {
    const strict = {
      ...control('strict'),
      check: (_: unknown, { parameters }: { parameters: Readonly<Record<string, unknown>> }): Outcome =>
        Number(parameters.approvals) > 1 ? fail({ message: 'too few' }) : pass('enough'),
    }
    for (const [a, b] of [
      ['{ level: enforce, approvals: 2 }', 'enforce'],
      ['enforce', '{ level: enforce, approvals: 2 }'],
    ]) {
      const policy = policyOf(`version: 1\n${two(`strict: ${a}`, `strict: ${b}`)}`, library(strict))
      expect(only(evaluate(repository(), policy, now))).toMatchObject({ status: 'fail', message: 'too few' })
    }
  })

  it('and one of them may not be for this repository, the open question shows if it would be the stricter', () => {
    const hidden: Told = { topics: unknown('permission', 'the app may not read topics') }
    const selector = '    for: { topics: pci }\n'
    expect(only(judge(two('bad: enforce', 'bad: advise', selector), hidden)).status).toBe('fail')
    const verdict = judge(two('bad: observe', 'bad: enforce', selector), hidden)
    expect(verdict.conclusion).toBe('neutral')
    expect(only(verdict)).toMatchObject({
      status: 'unknown',
      level: 'enforce',
      findings: [],
      message:
        'Whether the rule "Second" is for this repository can\'t be decided: its topics can\'t be read: the app may not read topics. If it is, it would fail: broken',
    })
  })
})

describe('a control that implies another', () => {
  const pair = library({ ...control('brings'), implies: ['brought'] }, control('brought', failing()))
  const listed = (text: string) =>
    evaluate(repository(), policyOf(`version: 1\n${text}`, pair), now).controls.map(({ id, level }) => [
      id,
      level,
    ])

  it('brings it along at its own level', () => {
    expect(listed(asking('brings: advise'))).toEqual([
      ['brings', 'advise'],
      ['brought', 'advise'],
    ])
  })

  it('unless a rule names it', () => {
    expect(listed(asking('brings: enforce, brought: observe'))).toEqual([
      ['brings', 'enforce'],
      ['brought', 'observe'],
    ])
  })
})

describe('a rule with a date', () => {
  const rule = asking('bad: { level: enforce, from: 2027-01-15 }')
  it.each([
    ['advises the day before', '2027-01-14T23:59:59Z', { level: 'advise', enforcedFrom: '2027-01-15' }],
    ['enforces on that day, in UTC', '2027-01-15T00:00:00Z', { level: 'enforce' }],
  ])('%s', (_, at, expected) => {
    const found = only(judge(rule, {}, new Date(at)))
    expect({
      level: found.level,
      ...(found.enforcedFrom ? { enforcedFrom: found.enforcedFrom } : {}),
    }).toEqual(expected)
  })
})

describe('a waiver', () => {
  const waived = (line: string, require = 'bad: enforce', at = now) =>
    judge(asking(require, `waivers:\n${line}`), {}, at)
  const waiver = (repositoryName: string, until: string, name = 'bad') =>
    `  - { repository: "${repositoryName}", control: ${name}, until: ${until}, reason: Later, approved-by: "@acme/x" }\n`

  it.each([
    ['excuses a failure', waiver('payments-api', '2027-01-01'), 'bad: enforce', 'waived', 'success'],
    ['excuses by a glob', waiver('payments-*', '2027-01-01'), 'bad: enforce', 'waived', 'success'],
    ['excuses on its last day', waiver('*', '2026-11-22'), 'bad: enforce', 'waived', 'success'],
    ['is over the day after', waiver('*', '2026-11-21'), 'bad: enforce', 'fail', 'failure'],
    ['is for its repository only', waiver('search', '2027-01-01'), 'bad: enforce', 'fail', 'failure'],
    ['is for its control only', waiver('*', '2027-01-01', 'good'), 'bad: enforce', 'fail', 'failure'],
    ['excuses what is unknown', waiver('*', '2027-01-01', 'open'), 'open: enforce', 'waived', 'success'],
    ['leaves a pass a pass', waiver('*', '2027-01-01', 'good'), 'good: enforce', 'pass', 'success'],
    [
      'leaves what does not apply',
      waiver('*', '2027-01-01', 'idle'),
      'idle: enforce',
      'not-applicable',
      'success',
    ],
  ])('%s', (_, line, require, status, conclusion) => {
    const verdict = waived(line, require)
    expect([only(verdict).status, verdict.conclusion]).toEqual([status, conclusion])
  })

  it('about to end is told as such, unless another goes on from there', () => {
    const line = (odd: string) =>
      `  - { repository: "*", control: bad, ${odd}, reason: R, approved-by: "@acme/security" }\n`
    const first = line('until: 2026-11-30')
    expect(only(waived(first)).waiver?.endsSoon).toBe(true)
    expect(only(waived(first + line('from: 2026-12-01, until: 2027-02-28'))).waiver?.endsSoon).toBeUndefined()
    expect(only(waived(first + line('from: 2026-12-02, until: 2027-02-28'))).waiver?.endsSoon).toBe(true)
  })

  it('keeps the finding and says who, why and until when; the longest of several', () => {
    const found = only(waived(waiver('*', '2026-12-01') + waiver('payments-api', '2027-01-01')))
    expect(found.findings).toHaveLength(1)
    expect(found.waiver).toEqual({
      reason: 'Later',
      until: '2027-01-01',
      approvedBy: '@acme/x',
      source: { path: 'golden-path.yml', line: 7 },
    })
  })
})

describe('a verdict is a function of snapshot, policy and day', () => {
  const level = fc.constantFrom('observe', 'advise', 'enforce')
  const requirement = fc.oneof(
    level,
    fc.constantFrom(
      '{ level: enforce, from: 2027-01-15 }',
      '{ level: enforce, from: 2026-01-15 }',
      '{ level: advise, approvals: 2 }',
    ),
  )
  const rules = fc.array(
    fc.record({
      selector: fc.constantFrom(
        '{}',
        '{ topics: pci }',
        '{ archived: false }',
        '{ names: "*-api" }',
        '{ not: { topics: pci } }',
      ),
      require: fc.dictionary(fc.constantFrom('good', 'bad', 'open', 'idle', 'broken'), requirement, {
        minKeys: 1,
      }),
    }),
    { minLength: 1, maxLength: 5 },
  )
  const text = (list: { selector: string; require: Record<string, string> }[]): string =>
    `version: 1\nrules:\n${list
      .map(({ selector, require }, index) => {
        const demands = Object.entries(require).map(([id, value]) => `${id}: ${value}`)
        return `  - { name: R${index}, for: ${selector}, require: { ${demands.join(', ')} } }\n`
      })
      .join('')}`
  const told = fc.constantFrom<Told>({}, { topics: ['pci'] }, { topics: unknown('permission', 'no') })

  it('the same twice, whatever the order of the rules', () => {
    fc.assert(
      fc.property(rules, told, fc.infiniteStream(fc.nat()), (list, facts, random) => {
        const policy = policyOf(text(list), controls)
        const snapshot = repository(facts)
        const shuffled: Policy = {
          ...policy,
          rules: policy.rules
            .map(rule => ({ rule, at: random.next().value ?? 0 }))
            .toSorted((a, b) => a.at - b.at)
            .map(({ rule }) => rule),
        }
        const first = evaluate(snapshot, policy, now)
        expect(evaluate(snapshot, policy, now)).toEqual(first)
        expect(evaluate(snapshot, shuffled, now)).toEqual(first)
      }),
      { numRuns: 200 },
    )
  })

  it('one rule more never makes it milder', () => {
    const weight = { success: 0, neutral: 1, failure: 2 }
    fc.assert(
      fc.property(rules, told, (list, facts) => {
        const snapshot = repository(facts)
        const all = evaluate(snapshot, policyOf(text(list), controls), now)
        if (list.length < 2) return
        const fewer = evaluate(snapshot, policyOf(text(list.slice(0, -1)), controls), now)
        // An open question at enforce stands before advice that fails: both are neutral.
        expect(weight[all.conclusion]).toBeGreaterThanOrEqual(weight[fewer.conclusion])
      }),
      { numRuns: 200 },
    )
  })
})
