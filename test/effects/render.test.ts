import { describe, expect, it } from 'vitest'
import type { Finding } from '../../src/controls/control.ts'
import { renderCheckRun } from '../../src/effects/check-run/render-check-run.ts'
import { renderClosedIssue, renderOpenIssue } from '../../src/effects/issue/render-issue.ts'
import { renderChange } from '../../src/effects/issue/render-issue-change.ts'
import type { ExplainedControl, Explanation } from '../../src/policy/explain.ts'
import type { ControlVerdict } from '../../src/policy/verdict.ts'
import { known, unknown } from '../../src/snapshot/snapshot.ts'
import { outsideOfCode } from './outside-of-code.ts'
import {
  controlOf,
  loggingAdvised,
  ownerFails,
  protectionUnknown,
  sha,
  situation,
  snapshotOf,
  techdocsWaived,
} from './situation.ts'

const passing = [controlOf('codeowners-valid'), controlOf('catalog-info-valid')]

describe('the title of a check run', () => {
  const second = controlOf('codeowners-valid', {
    status: 'fail',
    findings: [{ message: 'Line 3 names nobody.' }],
  })
  const third = controlOf('default-branch-protected', {
    status: 'fail',
    findings: [{ message: 'It is not.' }],
  })
  const fourth = controlOf('entity-ref-free', { status: 'fail', findings: [{ message: 'It is taken.' }] })
  const mentions = controlOf('codeowners-valid', {
    status: 'fail',
    findings: [{ message: '@acme/old-team is gone.' }],
  })
  it.each<[ControlVerdict[], string]>([
    [passing, 'All 2 controls pass'],
    [passing.slice(1), 'The one control that is asked for passes'],
    [[], 'Nothing is asked of this repository'],
    [[{ ...ownerFails, level: 'observe' }], 'Nothing is asked of this repository'],
    [[ownerFails, ...passing], '1 thing to fix: "team-paymnts" is no team or user of acme'],
    [[mentions], '1 control fails: CODEOWNERS valid'],
    [[ownerFails, second], '2 controls fail: Owner exists, CODEOWNERS valid'],
    [
      [ownerFails, second, third, fourth].map(control => ({
        ...control,
        title: `${control.title} everywhere`,
      })),
      '4 controls fail: Owner exists everywhere and 3 more',
    ],
    [[loggingAdvised], 'Passes, 1 thing advised: retentionDays is 30, 365 is asked for'],
    [
      [protectionUnknown, ...passing],
      "2 controls pass, 1 can't be decided: The app may not read branch protection",
    ],
    [[techdocsWaived, ...passing], '2 controls pass, 1 waived'],
  ])('%#: says the result', (controls, title) => {
    expect(renderCheckRun(situation(controls)).title).toBe(title)
  })
})

describe('the summary of a check run', () => {
  const mixed = situation([ownerFails, loggingAdvised, techdocsWaived, protectionUnknown, ...passing])
  const { summary, text, annotations } = renderCheckRun(mixed)

  it.each([
    ['the result', '**1 control fails this check.** 1 control advises a change without blocking.'],
    ['what blocks', '| **fails** | Owner exists | `team-paymnts` is no team or user of acme.'],
    [
      'the line, with a link to it',
      `[\`catalog-info.yaml:12\`](https://github.com/acme/payments-api/blob/${sha}/catalog-info.yaml?plain=1#L12)`,
    ],
    [
      'what a pass is evidence for and from when it blocks',
      'Audit logging (PCI DSS 4.0.1 10.2.1, 10.5.1; blocks from 15 January 2027)',
    ],
    [
      'what nobody can tell',
      "| undecided | Default branch protected | Can't be decided: The app may not read branch protection. |",
    ],
    [
      'who excused what until when',
      'Until 31 March 2027: Service is switched off in March. Approved by `@acme/platform`.',
    ],
    [
      'what to do next',
      '1. Change line 12 of catalog-info.yaml to owner: payments.\n2. Set audit.retentionDays to 365.',
    ],
    ['which rule asks', 'Asked by the rule `Every service has an accountable owner` ([`golden-path.yml:6`]('],
    ['what was judged by what', 'Judged at `3f2c1ab` against policy `91d0e77`.'],
  ])('says %s', (_, words) => {
    expect(summary).toContain(words)
  })

  it.each<[string, Record<string, string[]>]>([
    ['many requirements', { 'pci-dss-4.0.1': ['6.3.2', '12.5.1', '6.2.3.1', '6.5.4', '10.2.1', '10.5.1'] }],
    ['more than one framework', { 'pci-dss-4.0.1': ['6.3.2'], 'soc2-2017': ['CC1.3'] }],
  ])('leaves %s to the text below, where what has to be done stands first', (_, satisfies) => {
    const rendered = renderCheckRun(situation([{ ...ownerFails, satisfies }]))
    expect(rendered.summary).toContain('| **fails** | Owner exists | ')
    expect(rendered.text).toContain('A pass is evidence for PCI DSS 4.0.1 6.3.2')
    expect(renderOpenIssue(situation([{ ...ownerFails, satisfies }])).body).not.toContain('PCI DSS')
  })

  it('says of what is judged by signs that it is, in the table and below', () => {
    const rendered = renderCheckRun(situation([{ ...ownerFails, heuristic: true }]))
    expect(rendered.summary).toContain('| Owner exists (judged by signs')
    expect(rendered.text).toContain('It is judged by signs, not by facts, and may be wrong.')
    expect(summary).not.toContain('signs')
  })

  it('names a rule once, with each of its lines that asks', () => {
    const other = { ...loggingAdvised, rule: { ...ownerFails.rule, line: 8 } }
    expect(renderCheckRun(situation([ownerFails, other])).summary).toMatch(
      /Asked by the rule `Every service has an accountable owner` \(\[`golden-path\.yml:6`\]\([^)]+\) and \[`golden-path\.yml:8`\]\([^)]+\)\)\./,
    )
  })

  it('cites no rule for the policy that does not parse, since none asks it', () => {
    const policy = controlOf('policy-valid', {
      status: 'fail',
      why: 'A mistake must be seen where it is made.',
      findings: [{ message: '"enfroce" is no level.' }],
    })
    expect(renderCheckRun(situation([policy])).summary).not.toContain('Asked by')
    expect(renderOpenIssue(situation([policy])).body).toContain(
      'Why am I seeing this? A mistake must be seen where it is made.',
    )
  })

  it('leaves what passes and why it is asked to the text below', () => {
    expect(summary).not.toContain('CODEOWNERS valid')
    expect(text).toContain('**Passing:** CODEOWNERS valid and Catalogue entry valid.')
    expect(text).toContain('**Owner exists** (`owner-exists`): Somebody must be found when it breaks.')
  })

  it('marks what fails and what is advised at its line, in plain text', () => {
    expect(annotations).toEqual([
      {
        path: 'catalog-info.yaml',
        startLine: 12,
        endLine: 12,
        level: 'failure',
        title: 'Owner exists',
        message:
          '"team-paymnts" is no team or user of acme. Expected a team or user that exists; the nearest is "payments".\nChange line 12 to owner: payments',
      },
      expect.objectContaining({ path: 'config/logging.yaml', startLine: 7, level: 'warning' }),
    ])
  })

  it('marks only files that are in the commit, and says the rest in the summary alone', () => {
    const findings = ['CODEOWNERS', 'huge.yaml', 'elsewhere.yaml', 'never-asked.yaml'].map(path => ({
      message: `${path} it is.`,
      location: { path },
    }))
    const snapshot = snapshotOf({
      files: {
        CODEOWNERS: known({ exists: false }, 'github'),
        'huge.yaml': unknown('too-large', 'huge.yaml has 20 MB'),
        'elsewhere.yaml': unknown('outside-repository', 'it lies elsewhere'),
      },
    })
    const rendered = renderCheckRun(situation([controlOf('x', { status: 'fail', findings })], { snapshot }))
    expect(rendered.annotations.map(({ path, startLine }) => [path, startLine])).toEqual([['huge.yaml', 1]])
    for (const { location } of findings) expect(rendered.summary).toContain(`\`${location.path}\``)
  })

  it('says that no issue is kept where issues are switched off', () => {
    const snapshot = snapshotOf({ metadata: { hasIssuesEnabled: false } })
    expect(renderCheckRun(situation([ownerFails], { snapshot })).summary).toContain('Issues are switched off')
    expect(renderCheckRun(situation(passing, { snapshot })).summary).not.toContain('Issues are switched off')
  })

  it('names the built-in policy as that', () => {
    const input = situation(passing)
    expect(renderCheckRun({ ...input, verdict: { ...input.verdict, policy: 'built-in' } }).summary).toContain(
      'against the built-in policy.',
    )
  })
})

describe("GitHub's limits", () => {
  const many = (amount: number, message: string): ControlVerdict =>
    controlOf('codeowners-valid', {
      status: 'fail',
      title: 'T'.repeat(1000),
      why: 'W'.repeat(100_000),
      findings: Array.from(
        { length: amount },
        (_, index): Finding => ({
          message: `${index}: ${message}`,
          location: { path: 'catalog-info.yaml', line: index + 1 },
          next: `Step ${index}: ${message}`,
        }),
      ),
    })

  it.each([
    ['10,000 findings', [many(10_000, 'nobody is there')]],
    ['a message of 20 MB', [many(1, 'x'.repeat(20_000_000))]],
    ['200 controls with 50 findings each', Array.from({ length: 200 }, () => many(50, '`@x` '.repeat(100)))],
    [
      '200 controls, each waived or unknown, too',
      Array.from({ length: 600 }, (_, index) => ({
        ...many(2, 'word '.repeat(200)),
        message: 'word '.repeat(200),
        ...([
          {},
          { status: 'unknown' as const },
          { status: 'waived' as const, waiver: techdocsWaived.waiver },
        ][index % 3] ?? {}),
      })),
    ],
  ])('hold for %s', (_, controls) => {
    const rendered = renderCheckRun(situation(controls))
    expect(rendered.title.length).toBeLessThanOrEqual(255)
    expect(rendered.summary.length).toBeLessThanOrEqual(65_535)
    expect(rendered.text?.length).toBeLessThanOrEqual(65_535)
    expect(rendered.annotations.length).toBeLessThanOrEqual(1000)
    for (const { title, message } of rendered.annotations) {
      expect(title.length).toBeLessThanOrEqual(255)
      expect(Buffer.byteLength(message)).toBeLessThanOrEqual(65_536)
    }
    const issue = renderOpenIssue(situation(controls))
    expect(issue.body.length).toBeLessThanOrEqual(65_536)
    expect(issue.title.length).toBeLessThanOrEqual(256)
  })

  it('cut the table between two findings and say how many are left out', () => {
    const { summary } = renderCheckRun(situation([many(10_000, 'nobody is there')]))
    const rows = summary.split('\n').filter(line => line.startsWith('| **fails**'))
    const [, leftOut = ''] = /([\d,]+) more findings are left out/.exec(summary) ?? []
    expect(rows.length + Number(leftOut.replace(',', ''))).toBe(10_000)
    for (const row of rows) expect(row).toMatch(/nobody is there \| \[.*\) \|$/)
  })
})

describe('the issue', () => {
  const mixed = situation([ownerFails, loggingAdvised, techdocsWaived, protectionUnknown])

  it('shows what a waiver excuses, and no count of days that would change daily', () => {
    const waived = { ...techdocsWaived, findings: [...ownerFails.findings, ...loggingAdvised.findings] }
    expect(renderOpenIssue(situation([ownerFails, waived])).body).toMatch(
      /\*\*Waived, and still to be fixed:\*\*\n\n- \*\*TechDocs present\*\*\. Until 31 March 2027: .+\n {2}Still so: .+team-paymnts.+catalog-info\.yaml.+, and 1 more finding\n/,
    )
  })

  it('reads as a list of things to fix, and counts what blocks', () => {
    expect(renderOpenIssue(mixed)).toEqual({
      title: 'Golden path: 1 thing to fix in payments-api',
      body: `Found on \`main\` at \`3f2c1ab\`. This issue keeps itself up to date and closes itself when it is fixed.

1. **\`team-paymnts\` is no team or user of acme.** [\`catalog-info.yaml:12\`](https://github.com/acme/payments-api/blob/${sha}/catalog-info.yaml?plain=1#L12) Expected a team or user that exists; the nearest is \`payments\`.${'  '}
   Control *Owner exists* (\`owner-exists\`): fails the check.${'  '}
   Fix: Change line 12 to owner: payments.

**Advised, and not blocking:**

2. **retentionDays is 30, 365 is asked for.** [\`config/logging.yaml:7\`](https://github.com/acme/payments-api/blob/${sha}/config/logging.yaml?plain=1#L7)${'  '}
   Control *Audit logging* (\`audit-logging\`): advice until 15 January 2027, fails the check from then on. A pass is evidence for PCI DSS 4.0.1 10.2.1, 10.5.1.${'  '}
   Fix: Set audit.retentionDays to 365.

**Can't be decided:**

- **Default branch protected**: The app may not read branch protection.

**Waived, and still to be fixed:**

- **TechDocs present**. Until 31 March 2027: Service is switched off in March. Approved by \`@acme/platform\`. ([\`golden-path/waivers.yml:14\`](https://github.com/acme/.github/blob/91d0e77000000000000000000000000000000000/golden-path/waivers.yml?plain=1#L14))

Why am I seeing this? The organisation's policy asks it by the rule \`Every service has an accountable owner\` ([\`golden-path.yml:6\`](https://github.com/acme/.github/blob/91d0e77000000000000000000000000000000000/golden-path.yml?plain=1#L6)). To object, comment \`/golden-path waive owner-exists until DATE because REASON\`: it proposes a waiver, which the owners of the policy decide on. \`/golden-path explain CONTROL\` says more, \`/golden-path help\` lists the rest.

<!-- golden-path:issue:42 -->`,
    })
  })

  it('says first that it came back, when it did', () => {
    expect(renderOpenIssue(mixed, { returned: 'fixed' }).body).toMatch(
      /^\*\*Back on `main` at `3f2c1ab`\*\*, after having been fixed\./,
    )
  })

  it('says first that it is fixed, and what is left as advice', () => {
    const { title, body } = renderClosedIssue(situation([loggingAdvised, controlOf('owner-exists')]))
    expect(title).toBe('Golden path: nothing to fix in payments-api')
    expect(body).toMatch(/^\*\*Nothing that blocks is left on `main`\*\* at `3f2c1ab`\./)
    expect(body).toContain('Still advised, and not blocking: Audit logging.')
  })

  it('lists ten places of one control and counts the rest', () => {
    const findings = Array.from({ length: 14 }, (_, index) => ({
      message: `Line ${index + 1} names nobody.`,
    }))
    const { title, body } = renderOpenIssue(
      situation([controlOf('codeowners-valid', { status: 'fail', findings })]),
    )
    expect(title).toContain('1 thing to fix')
    expect(body).toContain('- Line 10 names nobody.')
    expect(body).not.toContain('Line 11 names nobody.')
    expect(body).toContain('- and 4 more findings, listed by the check run')
  })

  it.each<[string, ControlVerdict[], string[], string]>([
    [
      'fixed',
      [loggingAdvised, ownerFails, passing[0] as ControlVerdict],
      ['owner-exists', 'audit-logging', 'codeowners-valid'],
      'Fixed at `3f2c1ab`: CODEOWNERS valid. 1 thing left to fix, 1 advised.',
    ],
    [
      'new',
      [ownerFails, loggingAdvised],
      ['owner-exists'],
      'New at `3f2c1ab`: Audit logging. 1 thing left to fix, 1 advised.',
    ],
    [
      'waived',
      [ownerFails, techdocsWaived],
      ['owner-exists', 'techdocs'],
      'Waived: TechDocs present. 1 thing left to fix.',
    ],
    [
      'undecided',
      [ownerFails, protectionUnknown],
      ['owner-exists', 'default-branch-protected'],
      "Can't be decided at present: Default branch protected. 1 thing left to fix.",
    ],
    [
      'no longer asked for',
      [ownerFails],
      ['owner-exists', 'sbom'],
      'No longer asked for: sbom. 1 thing left to fix.',
    ],
  ])('comments on what is %s', (_, controls, before, comment) => {
    expect(renderChange(situation(controls), before)).toBe(comment)
  })
})

describe('the details of a check run', () => {
  const explained = (id: string, odd: Partial<ExplainedControl> = {}): ExplainedControl => ({
    id,
    title: id,
    why: '',
    heuristic: false,
    because: ['The rule asks it.', 'One more rule asks it; the strictest decides.'],
    rules: [],
    parameters: [],
    files: [],
    facts: [],
    waivers: [],
    ...odd,
  })
  const explanationOf = (...controls: ExplainedControl[]): Explanation => ({
    repository: 'acme/payments-api',
    ref: 'refs/heads/main',
    commit: sha,
    takenAt: '2026-11-22T10:00:00Z',
    policy: '91d0e77',
    decidedAt: '2026-11-22T10:00:00Z',
    conclusion: 'failure',
    controls,
  })
  const waiver = {
    repository: 'other-*',
    control: 'owner-exists',
    until: '2027-01-01',
    reason: 'R',
    approvedBy: '@acme/x',
    source: { path: 'golden-path.yml', line: 20 },
  }
  const rule = { name: 'Web', path: 'golden-path.yml', line: 9 }
  const details = (controls: ControlVerdict[], ...explanations: ExplainedControl[]): string =>
    renderCheckRun({ ...situation(controls), explanation: explanationOf(...explanations) }).text ?? ''
  const all = details(
    [ownerFails, techdocsWaived],
    explained('owner-exists', {
      parameters: [{ name: 'approvals', value: 2, from: 'golden-path.yml:7' }],
      files: [
        { path: 'catalog-info.yaml', state: 'there', oid: 'c0ffee0123', source: 'github' },
        { path: 'CODEOWNERS', state: 'absent', source: 'github' },
        { path: 'big.yaml', state: 'unknown', detail: 'big.yaml has 20 MB' },
      ],
      facts: [
        { name: 'topics', source: 'github', at: '2026-11-22T10:00:00Z' },
        { name: 'properties', source: 'directory', at: '2026-11-21T08:00:00Z' },
      ],
      rules: [
        { rule: { ...rule, name: 'Owners' }, applies: 'yes', level: 'enforce', decided: true },
        { rule, applies: 'no', detail: 'it is for names: web-*', level: 'enforce', decided: false },
      ],
      waivers: [{ waiver, standing: 'elsewhere', daysLeft: 0 }],
      trace: {
        control: 'owner-exists',
        cutOff: false,
        conditions: [
          {
            kind: 'file',
            about: 'a.yaml',
            status: 'fail',
            message: '',
            files: [],
            conditions: [],
            evaluations: [
              {
                file: 'a.yaml',
                expression: 'doc.days >= 365 && doc.key != ""',
                value: 'false',
                parts: [
                  {
                    expression: 'doc.days >= 365',
                    value: 'false',
                    looksAt: [{ path: 'doc.days', value: '30' }],
                  },
                  {
                    expression: 'doc.key != ""',
                    value: 'true',
                    looksAt: [{ path: 'doc.key', value: 'a text' }],
                  },
                ],
              },
            ],
          },
        ],
      },
    }),
  )

  it.each([
    [
      'by which rule it is asked, with a link',
      '*Asked:* by the rule `Every service has an accountable owner` ([`golden-path.yml:6`](https://',
    ],
    ['how that came about', 'at enforce. One more rule asks it; the strictest decides.'],
    ['what to do', '*To fix:* Change line 12 of catalog-info.yaml to owner: payments.'],
    ['the parameters and who set them', '`approvals = 2` (golden-path.yml:7)'],
    [
      'a file, at the commit that was judged',
      `[\`catalog-info.yaml\`](https://github.com/acme/payments-api/blob/${sha}/catalog-info.yaml) (\`c0ffee0\`)`,
    ],
    ['a file that is not there', '`CODEOWNERS` is not there'],
    ['a file that could not be read', '`big.yaml` unknown: big.yaml has 20 MB'],
    ['a fact', '`topics` from github;'],
    ['a fact that is older than the rest', '`properties` from directory, read 21 November 2026, 08:00 UTC'],
    ['a rule that is not for it', '`Web` ([`golden-path.yml:9`]('],
    ['why not', 'is not for this repository: it is for names: `web-*`'],
    ['a waiver that does not hold', 'is for `other-*`'],
    [
      'an expression and its value',
      '`doc.days >= 365 && doc.key != ""` is `false` in `a.yaml` (`doc.days` is `30`, `doc.key` is a text)',
    ],
    [
      'the debt of a waiver',
      '*Waived:* until 31 March 2027 (130 days left on 22 November 2026), by `@acme/platform`',
    ],
    ['when it was read', 'Read at `3f2c1ab` on 22 November 2026, 10:00 UTC'],
  ])('say %s', (_, words) => {
    expect(all).toContain(words)
  })

  it('link a rule of the repository itself to the repository', () => {
    const files = {
      '.github/golden-path.yml': known({ exists: true as const, oid: '', bytes: 1, text: 'x' }, 'github'),
    }
    const own = {
      ...ownerFails,
      rule: { name: 'Own', path: '.github/golden-path.yml', line: 3, own: true as const },
    }
    const { text, summary } = renderCheckRun(situation([own], { snapshot: snapshotOf({ files }) }))
    for (const shown of [text, summary])
      expect(shown).toContain(
        `](https://github.com/acme/payments-api/blob/${sha}/.github/golden-path.yml?plain=1#L3)`,
      )
  })

  it('end between two controls when they are too long for GitHub, and say so', () => {
    const many = Array.from({ length: 500 }, (_, index) => ({
      ...ownerFails,
      id: `control-${index}`,
      why: 'ж'.repeat(400),
    }))
    const text = details(many)
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(65_535)
    expect(text).toMatch(
      /\d+ more parts are left out here: .+`golden-path explain acme\/payments-api` tells everything\.$/,
    )
  })
})

describe('hostile text', () => {
  const evil =
    '@everyone <img src=x onerror=alert(1)> [click](https://evil.example) www.evil.example #1 | x |\n\n# Owned\n```\n"a|b` @acme/admins"'
  const control = controlOf('evil', {
    title: evil,
    why: evil,
    status: 'fail',
    message: evil,
    findings: [{ message: evil, next: evil, location: { path: `${evil}.yaml`, line: 1 } }],
    rule: { name: evil, path: evil, line: 1 },
    satisfies: { [evil]: [evil] },
  })
  const waived = controlOf('waived', {
    ...control,
    status: 'waived',
    waiver: { reason: evil, until: evil, approvedBy: evil, source: { path: evil, line: 1 } },
  })
  const snapshot = snapshotOf({
    metadata: { defaultBranch: evil },
    files: { [`${evil}.yaml`]: known({ exists: true, oid: '', bytes: 0, text: '' }, 'github') },
  })
  const input = situation([control, { ...control, status: 'unknown' }, waived], { snapshot })
  const rule = { rule: control.rule, level: 'enforce', decided: false } as const
  const evilWaiver = {
    repository: evil,
    control: evil,
    until: evil,
    reason: evil,
    approvedBy: evil,
    source: control.rule,
  }
  const explanation: Explanation = {
    repository: evil,
    ref: evil,
    commit: evil,
    takenAt: evil,
    policy: evil,
    decidedAt: evil,
    conclusion: 'failure',
    controls: ['evil', 'waived'].map(id => ({
      id,
      title: evil,
      why: evil,
      heuristic: true,
      because: [evil, evil],
      rules: (['yes', 'no', 'undecided'] as const).map(applies => ({
        ...rule,
        applies,
        detail: evil,
        pack: evil,
      })),
      parameters: [{ name: evil, value: [evil], from: evil }],
      files: (['there', 'absent', 'unknown'] as const).map(state => ({
        path: evil,
        state,
        oid: evil,
        detail: evil,
        source: evil,
      })),
      facts: [
        { name: evil, source: evil, at: evil },
        { name: evil, detail: evil, at: evil },
      ],
      waivers: (['elsewhere', 'ended', 'not-begun', 'too-early'] as const).map(standing => ({
        waiver: evilWaiver,
        standing,
        begins: evil,
        daysLeft: 0,
      })),
      trace: {
        control: evil,
        cutOff: false,
        conditions: [
          {
            kind: 'file',
            about: evil,
            status: 'fail',
            message: evil,
            files: [evil],
            conditions: [],
            evaluations: [
              {
                file: evil,
                expression: evil,
                value: evil,
                parts: [{ expression: evil, value: evil, looksAt: [{ path: evil, value: evil }] }],
              },
              { file: evil, expression: evil, error: evil, parts: [] },
            ],
          },
        ],
      },
    })),
  }
  const checkRun = renderCheckRun({ ...input, explanation })
  const closed = renderClosedIssue(situation([waived, { ...control, level: 'advise' }], { snapshot }))

  /** Our own links and our own marker, taken out: their addresses hold nothing but percent-encoded text. */
  const withoutOurs = (line: string): string =>
    outsideOfCode(line)
      .replace(/\]\(https:\/\/github\.com\/acme\/[\w./%?=#-]*\)/g, ']')
      .replace(/<!-- golden-path:issue:42 -->/g, '')
      .replace(/^### [A-Z][a-z, ]+$/, '')

  it.each([
    ['the summary', checkRun.summary],
    ['the text', checkRun.text ?? ''],
    ['the issue', renderOpenIssue(input).body],
    ['the closed issue', closed.body],
    ['the comment', renderChange(input, [evil, 'gone'])],
  ])('is inactive in %s', (_, markdown) => {
    for (const line of markdown.split('\n')) {
      expect(withoutOurs(line)).not.toMatch(/@|<|https?:|www\.|#\d|!\[|^\s*#/)
    }
  })

  it('breaks no row of the table', () => {
    const rows = checkRun.summary.split('\n').filter(line => line.startsWith('|'))
    for (const row of rows) expect(row.replace(/\\./g, '').match(/\|/g)).toHaveLength(5)
    expect(rows).toHaveLength(5)
  })

  it('is no part of a title', () => {
    expect(checkRun.title).not.toMatch(/[@<]|https?:/)
  })

  it('is one line of plain text in an annotation', () => {
    expect(checkRun.annotations).toHaveLength(1)
    expect(checkRun.annotations[0]?.message.split('\n')).toHaveLength(2)
  })
})
