import { describe, expect, it } from 'vitest'
import { builtInControls } from '../../src/controls/index.ts'
import type { Verdict } from '../../src/policy/verdict.ts'
import { patched } from '../../src/snapshot/patched.ts'
import { environment, metadata, protection } from '../support/facts.ts'
import { differences, directory, onlyAdvising, propose, repositoryWith } from '../support/repair.ts'
import { component, type SnapshotParts } from '../support/snapshot.ts'

/** A repository that fails, and the lines that its fix changes, by path: nothing else of it may change. */
interface Broken {
  files: Record<string, string>
  parts?: Omit<SnapshotParts, 'files' | 'tree'>
  changes: Record<string, string[]>
}

const crlf = (text: string): string => text.replaceAll('\n', '\r\n')
const named = { catalogue: {} }
const noPolicy = { facts: { metadata: metadata({ hasSecurityPolicy: false }) } }
const unknownOwner = (line: number, column: number, source: string) => ({
  line,
  column,
  source,
  kind: 'Unknown owner',
  path: '.github/CODEOWNERS',
  message: `Unknown owner on line ${line}`,
})

const broken: Record<string, Record<string, Broken>> = {
  'owner-exists': {
    'a misspelt team': {
      files: { 'catalog-info.yaml': component('pay', 'paymnts') },
      changes: { 'catalog-info.yaml': ['-8   owner: paymnts', '+8   owner: payments'] },
    },
    'in quotes, with a comment, Windows line ends and no last line end': {
      files: {
        'catalog-info.yaml': crlf(component('pay', '"paymentz"   # who?').trimEnd()),
      },
      changes: {
        'catalog-info.yaml': ['-8   owner: "paymentz"   # who?', '+8   owner: "payments"   # who?'],
      },
    },
    'in single quotes with a kind': {
      files: { 'catalog-info.yaml': component('pay', "'group:default/paymets'") },
      changes: {
        'catalog-info.yaml': ["-8   owner: 'group:default/paymets'", "+8   owner: 'group:default/payments'"],
      },
    },
    'a word too many, as people call their teams': {
      files: { 'catalog-info.yaml': component('pay', 'team-paymnts') },
      changes: { 'catalog-info.yaml': ['-8   owner: team-paymnts', '+8   owner: payments'] },
    },
    'written like a team on GitHub': {
      files: { 'catalog-info.yaml': component('pay', 'acme/payments') },
      changes: { 'catalog-info.yaml': ['-8   owner: acme/payments', '+8   owner: payments'] },
    },
    'nothing near it, and one owner in CODEOWNERS': {
      files: {
        'catalog-info.yaml': component('pay', 'xxxxxxxxxx'),
        CODEOWNERS: '* @acme/payments @acme/gone\n',
      },
      changes: { 'catalog-info.yaml': ['-8   owner: xxxxxxxxxx', '+8   owner: payments'] },
    },
    'several documents and a monorepo': {
      files: {
        'catalog-info.yaml': `# Ours\n---\n${component('a', 'payments')}---\n${component('b', 'serch')}---\napiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: { name: l }\nspec:\n  targets: [./x/catalog-info.yaml]\n`,
        'x/catalog-info.yaml': component('x', 'platfrm'),
      },
      changes: {
        'catalog-info.yaml': ['-19   owner: serch', '+19   owner: search'],
        'x/catalog-info.yaml': ['-8   owner: platfrm', '+8   owner: platform'],
      },
    },
    'in a flow map': {
      files: {
        'catalog-info.yaml':
          'apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: x}\nspec: {type: service, owner: paymnts, lifecycle: production}\n',
      },
      changes: {
        'catalog-info.yaml': [
          '-4 spec: {type: service, owner: paymnts, lifecycle: production}',
          '+4 spec: {type: service, owner: payments, lifecycle: production}',
        ],
      },
    },
  },
  'catalog-info-valid': {
    'kind and apiVersion misspelt': {
      files: {
        'catalog-info.yaml': component('pay')
          .replace('backstage.io/v1alpha1', 'backstage.io/v1')
          .replace('kind: Component', 'kind: Component # the service'),
      },
      changes: {
        'catalog-info.yaml': ['-1 apiVersion: backstage.io/v1', '+1 apiVersion: backstage.io/v1alpha1'],
      },
    },
    'a kind in the wrong case': {
      files: { 'catalog-info.yaml': component('pay').replace('kind: Component', "kind: 'component' # it") },
      changes: { 'catalog-info.yaml': ["-2 kind: 'component' # it", "+2 kind: 'Component' # it"] },
    },
    'no apiVersion': {
      files: {
        'catalog-info.yaml': component('pay').replace('apiVersion: backstage.io/v1alpha1\n', '# Ours\n'),
      },
      changes: { 'catalog-info.yaml': ['+9 apiVersion: backstage.io/v1alpha1'] },
    },
    'a name and tags with characters they may not have': {
      files: {
        'catalog-info.yaml': crlf(component('"Payments API!"', 'payments', '  tags: [Java, "node js", c++]')),
      },
      changes: {
        'catalog-info.yaml': [
          '-4   name: "Payments API!"',
          '-5   tags: [Java, "node js", c++]',
          '+4   name: "Payments-API"',
          '+5   tags: [java, "node-js", c++]',
        ].map(line => `${line}\r`),
      },
    },
    'a number where text is asked for': {
      files: {
        'catalog-info.yaml': component(
          'pay',
          'payments',
          '  annotations:\n    pagerduty.com/service-id: 0123 # theirs\n    x.dev/on: true',
        ),
      },
      changes: {
        'catalog-info.yaml': [
          '-6     pagerduty.com/service-id: 0123 # theirs',
          '-7     x.dev/on: true',
          '+6     pagerduty.com/service-id: "0123" # theirs',
          '+7     x.dev/on: "true"',
        ],
      },
    },
    'one word where a list is asked for': {
      files: { 'catalog-info.yaml': component('pay', 'payments', '', '  providesApis: payments-api # ours') },
      changes: {
        'catalog-info.yaml': [
          '-9   providesApis: payments-api # ours',
          '+9   providesApis: ["payments-api"] # ours',
        ],
      },
    },
    'no owner, and one in CODEOWNERS': {
      files: {
        'catalog-info.yaml': crlf(component('pay').replace(/ {2}owner.*\n/, '')),
        CODEOWNERS: '* @acme/platform @acme/gone\n',
      },
      changes: { 'catalog-info.yaml': ['+8   owner: platform\r'] },
    },
    'several faults, of which some show only later': {
      files: {
        'catalog-info.yaml': `${component('Pay API', 'payments', '  description: Pays: cards\n  tags: [A B]')}---\n${component('two').replace('Component', 'component')}`,
      },
      changes: {
        'catalog-info.yaml': [
          '-4   name: Pay API',
          '-5   description: Pays: cards',
          '-6   tags: [A B]',
          '+4   name: Pay-API',
          '+5   description: "Pays: cards"',
          '+6   tags: [a-b]',
          '-13 kind: component',
          '+13 kind: Component',
        ],
      },
    },
    'a colon without quotes, in the second document': {
      files: {
        'catalog-info.yaml': `${component('pay')}---\n${component('two', 'payments', '  description: Pays: cards and more # ours')}`,
      },
      changes: {
        'catalog-info.yaml': [
          '-14   description: Pays: cards and more # ours',
          '+14   description: "Pays: cards and more" # ours',
        ],
      },
    },
  },
  'codeowners-valid': {
    'no file, and a catalogue with one owner': {
      files: { 'catalog-info.yaml': component('pay') },
      changes: { '.github/CODEOWNERS': ['+1 * @acme/payments'] },
    },
    'a file of comments only, without a last line end': {
      files: { 'catalog-info.yaml': component('pay'), 'docs/CODEOWNERS': '# To be filled in' },
      changes: { 'docs/CODEOWNERS': ['+2 * @acme/payments'] },
    },
    'a misspelt team among others, with comments and tabs': {
      files: {
        '.github/CODEOWNERS': '# Ours\n*\t@acme/paymnts\t@acme/platform  # all\n/docs/ @jane\n',
      },
      changes: {
        '.github/CODEOWNERS': [
          '-2 *\t@acme/paymnts\t@acme/platform  # all',
          '+2 *\t@acme/payments\t@acme/platform  # all',
        ],
      },
    },
    'a team that is gone beside one that is there, Windows line ends': {
      files: { '.github/CODEOWNERS': crlf('/x/ @acme/xxxxxxxxxxxx @jane\n* @acme/payments @acme/payment') },
      changes: {
        '.github/CODEOWNERS': [
          '-1 /x/ @acme/xxxxxxxxxxxx @jane\r',
          '-2 * @acme/payments @acme/payment',
          '+1 /x/ @jane\r',
          '+2 * @acme/payments',
        ],
      },
    },
    'a slash too many, no sign, a byte order mark': {
      files: { CODEOWNERS: '\ufeff* @acme/payments/\n/x acme/platform\n' },
      changes: {
        CODEOWNERS: [
          '-1 \ufeff* @acme/payments/',
          '-2 /x acme/platform',
          '+1 \ufeff* @acme/payments',
          '+2 /x @acme/platform',
        ],
      },
    },
    'the team for everything is gone, and the catalogue names another': {
      files: { 'catalog-info.yaml': component('pay'), CODEOWNERS: '* @acme/xxxxxxxxxxxx\n/docs/ @jane\n' },
      changes: { CODEOWNERS: ['-1 * @acme/xxxxxxxxxxxx', '+1 * @acme/payments'] },
    },
    'GitHub refuses a team that is not there': {
      files: { '.github/CODEOWNERS': '/a/ @jane\n/b/ @acme/platfrm\n' },
      parts: { facts: { codeownersErrors: [unknownOwner(2, 5, '/b/ @acme/platfrm')] } },
      changes: { '.github/CODEOWNERS': ['-2 /b/ @acme/platfrm', '+2 /b/ @acme/platform'] },
    },
  },
  'codeowners-cover': {
    'no file': {
      files: { 'catalog-info.yaml': component('pay') },
      changes: { '.github/CODEOWNERS': ['+1 * @acme/payments'] },
    },
    'files that nobody owns: the line goes before those that decide now': {
      files: {
        'catalog-info.yaml': component('pay'),
        'a.ts': '',
        'docs/a.md': '',
        CODEOWNERS: crlf('# Who reviews what\n\n# The docs\n/docs/ @jane'),
      },
      changes: { CODEOWNERS: ['+3 * @acme/payments\r'] },
    },
  },
  'ownership-agrees': {
    'CODEOWNERS names a team that is gone': {
      files: { 'catalog-info.yaml': component('pay'), CODEOWNERS: '* @acme/old-team @acme/older # us\n' },
      changes: { CODEOWNERS: ['-1 * @acme/old-team @acme/older # us', '+1 * @acme/payments # us'] },
    },
    'the catalogue names a team that is gone': {
      files: { 'catalog-info.yaml': component('pay', 'xxxxxxxxxx'), CODEOWNERS: '* @acme/payments\n' },
      changes: { 'catalog-info.yaml': ['-8   owner: xxxxxxxxxx', '+8   owner: payments'] },
    },
    'no rule covers the directory': {
      files: { 'catalog-info.yaml': component('pay'), CODEOWNERS: '# Docs\n/docs/ @jane\n' },
      changes: { CODEOWNERS: ['+1 * @acme/payments'] },
    },
  },
  techdocs: {
    'pages without an annotation': {
      files: {
        'catalog-info.yaml': crlf(component('pay', 'payments', '  annotations:\n    a.dev/b: c # one')),
        'mkdocs.yml': 'site_name: Pay\n',
        'docs/index.md': '# Pay\n',
      },
      changes: { 'catalog-info.yaml': ['+7     backstage.io/techdocs-ref: dir:.\r'] },
    },
    'pages without mkdocs.yml, and no annotations at all': {
      files: { 'catalog-info.yaml': component('pay'), 'docs/index.md': '# Pay\n' },
      changes: {
        'catalog-info.yaml': ['+5   annotations:', '+6     backstage.io/techdocs-ref: dir:.'],
        'mkdocs.yml': ['+1 site_name: "pay"', '+2 plugins:', '+3   - techdocs-core'],
      },
    },
    'an annotation that says only where': {
      files: {
        'catalog-info.yaml': component(
          'pay',
          'payments',
          '  annotations: { backstage.io/techdocs-ref: "." }',
        ),
        'mkdocs.yml': 'site_name: Pay\n',
        'docs/index.md': '# Pay\n',
      },
      changes: {
        'catalog-info.yaml': [
          '-5   annotations: { backstage.io/techdocs-ref: "." }',
          '+5   annotations: { backstage.io/techdocs-ref: "dir:." }',
        ],
      },
    },
  },
  'security-policy': {
    'no policy': {
      files: { 'README.md': '# Payments\n' },
      parts: noPolicy,
      changes: { 'SECURITY.md': expect.arrayContaining(['+1 # Security policy']) },
    },
    'an empty one': {
      files: { '.github/SECURITY.md': '\n' },
      changes: { '.github/SECURITY.md': expect.arrayContaining(['+1 # Security policy']) },
    },
  },
  'dependency-updates': {
    'six ecosystems': {
      files: {
        'package.json': '{}',
        'bun.lock': '',
        'a/pyproject.toml': '',
        'b/pyproject.toml': '',
        'c "d": e/go.mod': '',
        Dockerfile: 'FROM scratch\n',
        '.github/workflows/ci.yml': 'on: push\n',
      },
      changes: {
        '.github/dependabot.yml': expect.arrayContaining([
          expect.stringContaining('- package-ecosystem: bun'),
          expect.stringContaining('"/c \\"d\\": e"'),
        ]),
      },
    },
    'thirty modules': {
      files: Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`s${index}/go.mod`, ''])),
      changes: { '.github/dependabot.yml': expect.arrayContaining([expect.stringContaining('/**/*')]) },
    },
  },
  'workflow-permissions': {
    'three workflows': {
      files: {
        '.github/workflows/ci.yml':
          '# ours\nname: CI\non: [push]\n\njobs:\n  a:\n    permissions: { contents: write }\n    steps: []\n  b:\n    steps: []\n',
        '.github/workflows/ok.yml': 'on: push\npermissions: {}\njobs:\n  a:\n    steps: []\n',
        '.github/workflows/windows.yml': 'on: push\r\njobs:\r\n  a:\r\n    steps: []\r\n',
      },
      changes: {
        '.github/workflows/ci.yml': ['+5 permissions:', '+6   contents: read', '+7 '],
        '.github/workflows/windows.yml': ['+2 permissions:\r', '+3   contents: read\r', '+4 \r'],
      },
    },
  },
}

/** What only a click repairs, with the steps of its fix. */
const clicked: Record<string, { facts: NonNullable<SnapshotParts['facts']>; steps: string[] }> = {
  'default-branch-protected': {
    facts: { protection: protection({ requiresPullRequest: false, blocksForcePush: false }) },
    steps: [
      'Settings, Rules, Rulesets (settings/rules): Require a pull request with 1 approval for main',
      'Settings, Rules, Rulesets (settings/rules): Block force pushes',
    ],
  },
  'status-checks-required': {
    facts: { protection: protection({ requiredChecks: [] }) },
    steps: [
      'Settings, Rules, Rulesets (settings/rules): Require the checks that must pass before main changes',
    ],
  },
  'code-owner-review': {
    facts: { protection: protection({ requiresCodeOwnerReview: false }) },
    steps: ['Settings, Rules, Rulesets (settings/rules): Tick "Require review from Code Owners" for main'],
  },
  'last-push-reviewed': {
    facts: { protection: protection({ dismissesStaleReviews: false }) },
    steps: [
      'Settings, Rules, Rulesets (settings/rules): Tick "Dismiss stale pull request approvals when new commits are pushed" for main',
    ],
  },
  'protection-not-bypassed': {
    facts: { protection: protection({ bypass: ['app renovate'] }) },
    steps: [
      'Settings, Rules, Rulesets (settings/rules): Take "app renovate" off the bypass list of ruleset "baseline"',
    ],
  },
  'secret-scanning-enabled': {
    facts: { secretScanning: { enabled: false, pushProtection: false } },
    steps: [
      'Settings, Advanced Security (settings/security_analysis): Enable secret scanning',
      'Settings, Advanced Security (settings/security_analysis): Enable push protection',
    ],
  },
  'dependency-alerts-enabled': {
    facts: { metadata: metadata({ hasDependencyAlerts: false }) },
    steps: ['Settings, Advanced Security (settings/security_analysis): Enable Dependabot alerts'],
  },
  'private-reporting-enabled': {
    facts: { metadata: metadata({ visibility: 'public' }), privateVulnerabilityReporting: false },
    steps: [
      'Settings, Advanced Security (settings/security_analysis): Enable private vulnerability reporting',
    ],
  },
  'code-scanning-enabled': {
    facts: { languages: { Go: 1 }, codeScanning: { setUp: 'none', languages: [] } },
    steps: [
      'Settings, Advanced Security (settings/security_analysis): Set up CodeQL analysis, or have CI upload the SARIF of another scanner',
    ],
  },
  'workflow-token-read-only': {
    facts: { workflowToken: { permissions: 'write', canApprovePullRequests: true } },
    steps: [
      'Settings, Actions, General, Workflow permissions (settings/actions): Choose "Read repository contents and packages permissions", and give a job that writes its own permissions',
      'Settings, Actions, General, Workflow permissions (settings/actions): Clear "Allow GitHub Actions to create and approve pull requests"',
    ],
  },
  'production-reviewed': {
    facts: { environments: [environment({ name: 'prod', requiredReviewers: 0, branches: 'all' })] },
    steps: [
      'Settings, Environments (settings/environments): Add required reviewers for prod',
      'Settings, Environments (settings/environments): Choose "Protected branches only" as deployment branches for prod',
    ],
  },
  'two-factor-required': {
    facts: { twoFactor: false },
    steps: [
      'Settings, Authentication security (settings/security of the organisation): Tick "Require two-factor authentication for everyone"',
    ],
  },
  'outside-collaborators-limited': {
    facts: { collaborators: [{ login: 'eve', permission: 'admin', outside: true }] },
    steps: [
      'Settings, Collaborators and teams (settings/access): Give eve the role triage or take the access away, or make them a member',
    ],
  },
}

const repairing = [...builtInControls.values()].filter(control => control.fix)

describe('the fixes of the library', () => {
  it('each have a repository here that they repair', () => {
    expect([...Object.keys(broken), ...Object.keys(clicked)].sort()).toEqual(
      repairing.map(({ id }) => id).sort(),
    )
  })
})

/** Of the whole library. Whether a new name is free nobody can tell here. */
const brokenBetween = (before: Verdict, after: Verdict): string[] =>
  before.controls
    .filter(({ id, status }) => {
      const now = after.controls.find(control => control.id === id)?.status
      return status === 'pass' && now !== 'pass' && id !== 'entity-ref-free'
    })
    .map(({ id }) => id)

describe.each(Object.entries(broken))('the fix of %s', (id, repositories) => {
  const policy = onlyAdvising(id)

  it.each(Object.entries(repositories))(
    'repairs a repository with %s, changes no other line, and has nothing more to do',
    async (_, { files, parts, changes }) => {
      const snapshot = await repositoryWith(files, { ...named, ...parts })
      const { edits, parts: made, before, after, left, notFixed } = await propose(snapshot, policy)
      expect(before.controls.find(control => control.id === id)?.status).toBe('fail')
      expect(notFixed).toEqual([])
      expect(differences(snapshot, edits)).toEqual(changes)
      expect(made.map(({ control }) => control)).toEqual([id])
      expect(made[0]?.why).toMatch(/^[A-Z][^\n]{10,300}\.$/)
      expect(left).toEqual([])
      expect(after.controls.find(control => control.id === id)?.status).toBe('pass')
      expect(brokenBetween(before, after)).toEqual([])
      const again = await patched(snapshot, edits, { directory })
      expect((await propose(again, policy)).edits).toEqual([])
      expect(await propose(snapshot, policy)).toEqual(await propose(snapshot, policy))
    },
  )
})

describe('nothing is offered', () => {
  it.each<[string, string, Record<string, string>]>([
    [
      'for a team that is only a little like another',
      'owner-exists',
      { 'catalog-info.yaml': component('pay', 'serpch-x') },
    ],
    [
      'for a person where a team is near',
      'owner-exists',
      { 'catalog-info.yaml': component('pay', 'user:payments') },
    ],
    [
      'for one of two owners',
      'owner-exists',
      { 'catalog-info.yaml': `${component('a', 'paymnts')}---\n${component('b', 'xxxxxxxx')}` },
    ],
    [
      'behind an alias',
      'owner-exists',
      { 'catalog-info.yaml': component('pay', '*o', '  labels: { o: &o paymnts }') },
    ],
    [
      'for a lifecycle that is missing',
      'catalog-info-valid',
      { 'catalog-info.yaml': component('pay').replace(/ {2}life.*\n/, '') },
    ],
    [
      'for a name in other letters',
      'catalog-info-valid',
      { 'catalog-info.yaml': component('Zahlungsgröße') },
    ],
    [
      'for a name that is taken then',
      'catalog-info-valid',
      { 'catalog-info.yaml': `${component('pay api')}---\n${component('Pay-API')}` },
    ],
    [
      'for a template of an older version',
      'catalog-info-valid',
      {
        'catalog-info.yaml':
          'apiVersion: backstage.io/v1beta2\nkind: Template\nmetadata: { name: t }\nspec: { type: service, steps: [] }\n',
      },
    ],
    ['for a file under the wrong name', 'catalog-info-valid', { 'catalog-info.yml': component('pay') }],
    ['for a skeleton', 'catalog-info-valid', { 'catalog-info.yaml': component('{{ values.name }}') }],
    ['for tabs', 'catalog-info-valid', { 'catalog-info.yaml': component('pay').replaceAll('  ', '\t') }],
    [
      'for a line whose owners are all gone',
      'codeowners-valid',
      { CODEOWNERS: '/a/ @acme/xxxxxxxx\n* @jane\n' },
    ],
    ['for a pattern', 'codeowners-valid', { CODEOWNERS: '!/a @jane\n' }],
    [
      'for a merge that was not resolved',
      'codeowners-valid',
      { CODEOWNERS: '<<<<<<< HEAD\n* @jane\n=======\n* @joe\n>>>>>>> x\n' },
    ],
    [
      'without CODEOWNERS and with two owners',
      'codeowners-valid',
      { 'catalog-info.yaml': `${component('a')}---\n${component('b', 'search')}` },
    ],
    [
      'for two living owners',
      'ownership-agrees',
      { 'catalog-info.yaml': component('a'), CODEOWNERS: '* @acme/search\n' },
    ],
    [
      'for a directory that is said to be nobody’s',
      'ownership-agrees',
      { 'catalog-info.yaml': component('a'), CODEOWNERS: '*\n' },
    ],
    [
      'for pages that nobody wrote',
      'techdocs',
      { 'catalog-info.yaml': component('a'), 'README.md': '# A\n' },
    ],
  ])('%s', async (_, id, files) => {
    const { edits, settings, notFixed, after } = await propose(await repositoryWith(files), onlyAdvising(id))
    expect(after.controls.find(control => control.id === id)?.status).toBe('fail')
    expect({ edits, settings }).toEqual({ edits: [], settings: [] })
    expect(notFixed).toEqual([
      {
        control: id,
        title: expect.any(String),
        why: expect.stringMatching(/^(To do by hand: [a-z@].*|Its fix was tried .*)\.$/),
      },
    ])
  })
})

describe.each(Object.entries(clicked))('the steps of %s', (id, { facts, steps }) => {
  it('are told, each with where to click, and write no file', async () => {
    const snapshot = await repositoryWith({}, { facts })
    const { edits, settings, notFixed } = await propose(snapshot, onlyAdvising(id))
    expect(
      settings.flatMap(({ steps: all }) =>
        all.map(
          ({ change, path, page, of }) =>
            `${path.join(', ')} (${page}${of ? ` of the ${of}` : ''}): ${change}`,
        ),
      ),
    ).toEqual(steps)
    expect(edits).toEqual([])
    expect(notFixed).toEqual([])
  })
})
