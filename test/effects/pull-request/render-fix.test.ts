import { describe, expect, it } from 'vitest'
import { renderClosedFix, renderFix } from '../../../src/effects/pull-request/render-fix.ts'
import { renderFixAnswer } from '../../../src/effects/pull-request/render-fix-answer.ts'
import type { FixProposal } from '../../../src/fix-proposal.ts'
import { fixSituation, loggingPart, ownerPart, proposalOf, unfixable } from '../fix-situation.ts'
import { outsideOfCode } from '../outside-of-code.ts'
import { controlOf, loggingAdvised, ownerFails, protectionUnknown, techdocsWaived } from '../situation.ts'

const guess = {
  path: 'catalog-info.yaml',
  component: 'web',
  field: 'spec.owner' as const,
  value: 'payments',
  confidence: 0.9,
  evidence: 'CODEOWNERS gives all files to @acme/payments.',
  candidates: [],
}

const body = (proposal: FixProposal, validated = false): string =>
  renderFix(fixSituation({ proposal, validated })).body

describe('the title', () => {
  const named = (...titles: string[]) =>
    renderFix(
      fixSituation({
        proposal: proposalOf({
          parts: titles.map((title, index) => ({ ...ownerPart, control: `control-${index}`, title })),
        }),
      }),
    ).title
  it.each([
    [['Owner exists'], 'Golden path: make “Owner exists” pass'],
    [['Owner exists', 'Audit logging'], 'Golden path: make “Owner exists” and “Audit logging” pass'],
    [['A', 'B', 'C'], 'Golden path: make “A”, “B” and “C” pass'],
    [['A', 'B', 'C', 'D', 'E'], 'Golden path: make “A”, “B” and 3 more pass'],
    [['Closes #1 and @everyone'], 'Golden path: make “control-0” pass'],
    [['fixes it'], 'Golden path: make “control-0” pass'],
  ])('%j', (titles, title) => {
    expect(named(...titles)).toBe(title)
  })
})

describe('the description', () => {
  it('says of each edit why, where and what else it helps', () => {
    const also = [{ control: 'catalog-info-valid', title: 'Catalogue entry valid' }]
    expect(body(proposalOf({ parts: [{ ...ownerPart, also }, loggingPart] }))).toContain(
      [
        '2 controls fail and are repaired here:',
        '',
        '1. **Owner exists** in `catalog-info.yaml`. Names payments instead of team-paymnts, which is no team or user of acme. *Catalogue entry valid* passes by it, too.',
        '2. **Audit logging** in `config/logging.yaml`. Sets audit.retentionDays to 365 in config/logging.yaml.',
      ].join('\n'),
    )
  })

  it('names no weakness that it does not repair where anybody may read it', () => {
    const step = { change: 'Tick "Require two-factor authentication"', path: ['Settings'], page: 'settings' }
    const proposal = proposalOf({
      settings: [{ control: 'two-factor-required', title: 'Two factors required', steps: [step] }],
      notFixed: [{ control: 'secret-alerts-closed', title: 'Secret alerts closed', why: 'Close alert 7.' }],
    })
    const [told, shown] = [true, false].map(
      isNeutral => renderFix(fixSituation({ proposal, isNeutral })).body,
    )
    for (const weakness of ['Two factors', 'Secret alerts', 'alert 7']) {
      expect(told).not.toContain(weakness)
      expect(shown).toContain(weakness)
    }
    expect(told).toContain('**Owner exists**')
    expect(told).toMatch(/What else is to be done is told by \[the check run\]\(https:.+\/checks\)\./)
    const answered = (isNeutral: boolean) =>
      renderFixAnswer({ standing: 'nothing-fixable', proposal, isNeutral }, { owner: 'acme', name: 'pay' })
    expect(answered(true)).not.toMatch(/Two factors|Secret alerts/)
    expect(answered(false)).toContain(
      '- **Two factors required**: Tick `Require two-factor authentication`. Settings',
    )
  })

  it.each<[string, FixProposal, boolean, string]>([
    [
      'everything',
      proposalOf(),
      false,
      'After this change every control passes (checked against policy `91d0e77`).',
    ],
    [
      'everything, and Backstage was asked',
      proposalOf(),
      true,
      "After this change every control passes (checked against policy `91d0e77` and by Backstage's own validation).",
    ],
    [
      'everything but what is waived',
      proposalOf({ failingAfter: [techdocsWaived] }),
      false,
      'After this change every control that is not waived passes',
    ],
    [
      'not all',
      proposalOf({ failingAfter: [loggingAdvised] }),
      false,
      'After this change 1 control still fails;',
    ],
    [
      'not all, and something is unknown',
      proposalOf({ failingAfter: [loggingAdvised, protectionUnknown] }),
      false,
      "After this change 1 control still fails and 1 control can't be decided;",
    ],
    [
      'once it is filled in',
      proposalOf({ left: [{ path: 'a.yaml', line: 2, field: 'spec.owner', candidates: ['x', 'y'] }] }),
      false,
      'Once the lines below are filled in, every control passes',
    ],
  ])('promises no more than was tried: %s', (_, proposal, validated, promise) => {
    expect(body(proposal, validated)).toContain(promise)
    expect(body(proposal, validated).includes('every control')).toBe(promise.includes('every control'))
  })

  it('names the lines to fill in with what they could be, and what is to be clicked with the way there', () => {
    const told = body(
      proposalOf({
        left: [{ path: 'a.yaml', line: 2, field: 'spec.owner', candidates: ['payments', 'search'] }],
        settings: [
          {
            control: 'p',
            title: 'Default branch protected',
            steps: [
              {
                change: 'Require a pull request before merging',
                path: ['Settings', 'Rules'],
                page: 'settings/rules',
              },
              {
                change: 'Require a second factor',
                path: ['Settings'],
                page: 'settings/security',
                of: 'organisation',
              },
            ],
          },
        ],
        notFixed: [{ control: 't', title: 'TechDocs present', why: 'To do by hand: write docs/index.md' }],
      }),
    )
    expect(told).toContain('- `a.yaml:2` `spec.owner`: perhaps `payments` or `search`')
    expect(told).toContain('[Settings › Rules](https://github.com/acme/payments-api/settings/rules)')
    expect(told).toContain('[Settings](https://github.com/organizations/acme/settings/security)')
    expect(told).toContain('- **TechDocs present**: To do by hand: write docs/index.md.')
  })

  it('tells what was guessed from what, and of which component where there are several', () => {
    const second = {
      ...guess,
      component: 'worker',
      field: 'spec.type' as const,
      value: 'service',
      confidence: 0.6,
    }
    const unsure = { ...guess, value: undefined }
    expect(body(proposalOf({ parts: [{ ...ownerPart, guesses: [guess, unsure] }] }))).toContain(
      '**Guessed from what is in the repository: read it before merging.**\n\n- `spec.owner`: `payments`, 90 % sure. CODEOWNERS gives all files to `@acme/payments`.\n\nAfter',
    )
    expect(body(proposalOf({ parts: [{ ...ownerPart, guesses: [guess, second] }] }))).toContain(
      '- `spec.type` of `worker`: `service`, 60 % sure.',
    )
  })

  it('reads the same at every commit and policy, where that is asked for', () => {
    const text = renderFix(fixSituation(), { versions: false }).body
    expect(text).not.toMatch(/[0-9a-f]{7}/)
  })
})

describe('what a repository writes', () => {
  const hostile = [
    '@everyone',
    '[click](https://evil.example)',
    '<img src=x onerror=alert(1)>',
    'closes #1',
    '``` \n# big\n',
    '-->',
    '\u202Egnp.exe',
    '| a | b |',
    'x'.repeat(60_000),
    '`'.repeat(500),
  ]
  const everywhere = (text: string): FixProposal =>
    proposalOf({
      parts: [
        {
          ...ownerPart,
          title: text,
          why: text,
          paths: [text],
          also: [{ control: 'x', title: text }],
          guesses: [{ ...guess, component: text, value: text, evidence: text }],
        },
      ],
      left: [{ path: text, line: 1, field: text, candidates: [text, text] }],
      settings: [{ control: 'x', title: text, steps: [{ change: text, path: [text], page: 'settings' }] }],
      notFixed: [{ control: 'x', title: text, why: text }],
    })

  it.each(hostile.map(text => [text.slice(0, 30), text]))('does nothing: %j', (_, text) => {
    const { title, body: shown, commitMessage } = renderFix(fixSituation({ proposal: everywhere(text) }))
    const closed = renderClosedFix(fixSituation({ proposal: unfixable([{ ...ownerFails, title: text }]) }), [
      'owner-exists',
    ])
    const answer = renderFixAnswer(
      { standing: 'nothing-fixable', proposal: everywhere(text) },
      { owner: 'acme', name: 'web' },
    )
    for (const markdown of [shown, closed.body, answer]) {
      const outside = markdown.split('\n').map(outsideOfCode).join('\n')
      expect(outside).not.toMatch(/@everyone|evil\.example|<img|#1\b|-->|\u202E|^# big/m)
      expect(markdown.length).toBeLessThan(60_000)
    }
    for (const line of [title, commitMessage]) expect(line).not.toMatch(/@|#|<|\u202E|closes/)
    expect(title.length).toBeLessThan(256)
  })

  it('is bounded, however much there is, and says how much is left out', () => {
    const many = <T>(one: T): T[] => Array.from({ length: 2_000 }, () => one)
    const long = 'a '.repeat(400)
    const { body: shown, commitMessage } = renderFix(
      fixSituation({
        proposal: proposalOf({
          parts: many({ ...ownerPart, why: long }),
          left: many({ path: 'a', line: 1, field: 'b', candidates: [long] }),
          settings: many({ control: 'x', title: 'X', steps: [{ change: long, path: ['a'], page: 'b' }] }),
          notFixed: many({ control: 'x', title: 'X', why: long }),
        }),
      }),
    )
    expect(shown.length).toBeLessThan(60_000)
    expect(shown.match(/more are left out here/g)).toHaveLength(4)
    expect(commitMessage.length).toBeLessThan(4_000)
  })
})

describe('why it is closed', () => {
  const closed = (proposal: FixProposal, before: string[]) =>
    renderClosedFix(fixSituation({ proposal }), before).comment
  it.each<[string, FixProposal, string[], string]>([
    ['it is repaired', unfixable([]), ['codeowners-valid'], 'Everything that it repairs is in order by now.'],
    ['it is waived', unfixable([techdocsWaived]), ['techdocs'], '*TechDocs present* is waived by the policy'],
    ['nobody asks for it', unfixable([]), ['gone'], 'What it repairs is not asked for any more.'],
    [
      'it can not be repaired any more',
      {
        ...unfixable([ownerFails]),
        notFixed: [{ control: 'owner-exists', title: 'Owner exists', why: 'No team is near it' }],
      },
      ['owner-exists'],
      'Closed at `3f2c1ab`. There is no repair to offer any more for *Owner exists*. No team is near it.',
    ],
    [
      'some is repaired and some is not',
      unfixable([ownerFails]),
      ['owner-exists', 'codeowners-valid'],
      'There is no repair to offer any more for *Owner exists*.',
    ],
  ])('%s', (_, proposal, before, reason) => {
    expect(closed(proposal, before)).toContain(reason)
  })

  it('says nothing of being no longer needed while it still fails', () => {
    expect(closed(unfixable([ownerFails]), ['owner-exists'])).not.toContain('no longer needed')
    expect(closed(unfixable([controlOf('owner-exists')]), ['owner-exists'])).toContain('no longer needed')
  })
})
