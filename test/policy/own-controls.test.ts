import { describe, expect, it } from 'vitest'
import type { Outcome } from '../../src/controls/control.ts'
import { type CustomControl, checkTogether, isCustom } from '../../src/policy/custom-control.ts'
import { trace } from '../../src/policy/trace.ts'
import {
  type EntityDocument,
  known,
  type Protection,
  type Snapshot,
  unknown,
} from '../../src/snapshot/snapshot.ts'
import { library, policyOf, problemsOf, repository } from './situation.ts'

/** A control with these lines under its `require:`, and more keys of its own. */
const textOf = (require: string, more = ''): string =>
  `version: 1\ncontrols:\n  mine:\n    title: Mine\n    why: We want it\n${more}    require:\n${require
    .trim()
    .split('\n')
    .map(line => `      ${line}\n`)
    .join('')}`

const controlOf = (require: string, more = ''): CustomControl => {
  const control = policyOf(textOf(require, more), library()).controls.get('mine')
  if (!control || !isCustom(control)) throw new Error('There is no such control')
  return control
}

const today = '2026-11-22'

const judge = (snapshot: Snapshot, require: string, more = ''): Outcome =>
  checkTogether([controlOf(require, more)], snapshot, today).get('mine') ?? {
    status: 'unknown',
    message: 'not judged',
  }

/** Status, then each message or finding with its place. */
const said = (outcome: Outcome): string => {
  if (outcome.status !== 'fail') return `${outcome.status}: ${outcome.message}`
  const findings = outcome.findings.map(({ message, location }) => {
    const place = location ? [location.path, location.line, location.column].filter(Boolean).join(':') : ''
    return `${place} ${message}`.trim()
  })
  return `fail: ${findings.join(' | ')}`
}

const protection: Protection = {
  requiresPullRequest: true,
  requiredApprovals: 2,
  requiresCodeOwnerReview: false,
  blocksForcePush: true,
  blocksDeletion: true,
  requiredChecks: [{ context: 'build' }],
  dismissesStaleReviews: false,
  requiresLastPushApproval: false,
  sources: ['ruleset "x"'],
}

const withFacts = (facts: Partial<Snapshot['facts']>, told = {}): Snapshot => {
  const snapshot = repository(told)
  return { ...snapshot, facts: { ...snapshot.facts, ...facts } }
}

const entity = (name: string, path: string, more: Partial<EntityDocument> = {}): EntityDocument => ({
  path,
  document: 0,
  line: 1,
  judgement: 'valid',
  errors: [],
  hints: [],
  ref: `component:default/${name}`,
  kind: 'Component',
  name,
  type: 'service',
  annotations: {},
  targets: [],
  ...more,
})

const monorepo = (files: Record<string, string>, ...entities: EntityDocument[]): Snapshot => ({
  ...repository({ files: { 'catalog-info.yaml': 'x', ...files } }),
  entities,
})

describe('a file that must not be there', () => {
  it.each<[string, string, Record<string, string>, string]>([
    ['passes', '"*.pem"', { 'a.txt': '' }, 'pass: Mine: every condition is kept.'],
    [
      'is found at each place',
      '"**/*.pem"',
      { 'a.pem': '', 'b/c.pem': '' },
      'fail: a.pem a.pem is there. Remove it. | b/c.pem b/c.pem is there. Remove it.',
    ],
    ['is found by its exact path', 'a.txt', { 'a.txt': '' }, 'fail: a.txt a.txt is there. Remove it.'],
    ['is not found by its exact path', 'a.txt', {}, 'pass: Mine: every condition is kept.'],
  ])('%s', (_, absent, files, expected) => {
    expect(said(judge(repository({ files }), `- { absent: ${absent}, message: Remove it. }`))).toBe(expected)
  })

  it('is there even where it can not be read, and open where nobody knows', () => {
    const require = '- { absent: a.txt, message: Remove it. }'
    const snapshot = repository()
    snapshot.files['a.txt'] = unknown('too-large', 'a.txt has 20 MiB')
    expect(judge(snapshot, require).status).toBe('fail')
    snapshot.files['a.txt'] = unknown('unavailable', 'GitHub did not answer')
    expect(said(judge(snapshot, require))).toBe('unknown: GitHub did not answer.')
    const unlisted = { ...repository(), tree: unknown('partial-answer', 'the list was cut') }
    expect(judge(unlisted, '- { absent: "*.pem", message: m }').status).toBe('unknown')
    const directory = repository({ files: { 'keys/a.pem': '' } })
    for (const absent of ['keys', '"**/keys"', '"k*"'])
      expect(judge({ ...directory, whole: true }, `- { absent: ${absent}, message: m }`).status).toBe('fail')
    directory.tree = known([{ path: 'keys', type: 'tree', mode: '040000' }], 'test')
    expect(said(judge(directory, '- { absent: "**/keys", message: Remove it. }'))).toBe(
      'fail: keys keys is there. Remove it.',
    )
    expect(said(judge(directory, '- { file: "**/keys", message: Make it. }'))).toContain('No file matches')
  })
})

describe('expressions over the text of a file', () => {
  const require = '- { file: a.txt, matches: ["(?m)^# ", licence], not-matches: TODO, message: Write it. }'
  it.each<[string, string, string]>([
    ['are found', '# Us\nlicence\n', 'pass: a.txt is as asked.'],
    ['are missing', 'x\n', 'fail: a.txt:1:1 Write it. | a.txt:1:1 Write it.'],
    [
      'are found where they should not be',
      '# Us\nlicence\nx TODO\n\n  TODO\n',
      'fail: a.txt:3:3 Write it. | a.txt:5:3 Write it.',
    ],
  ])('%s', (_, text, expected) => {
    expect(said(judge(repository({ files: { 'a.txt': text } }), require))).toBe(expected)
  })
})

describe('any-of and all-of', () => {
  const anyOf = `
- any-of:
    - { file: a.txt, message: Add a.txt. }
    - all-of:
        - { file: a.yaml, where: doc.x == 1, message: Set x. }
        - { file: b.yaml, message: Add b.yaml. }`
  it.each<[string, Record<string, string>, string]>([
    ['one is enough', { 'a.txt': '' }, 'pass: a.txt is as asked.'],
    ['all of the other', { 'a.yaml': 'x: 1', 'b.yaml': '' }, 'pass: a.yaml and b.yaml are as asked.'],
    [
      'none',
      { 'a.yaml': 'x: 2' },
      'fail: One of these must be kept. (1) There is no a.txt. Add a.txt. (2) x is 2. Set x.',
    ],
  ])('%s', (_, files, expected) => {
    expect(said(judge(repository({ files }), anyOf))).toBe(expected)
  })

  it('say their own message where they have one', () => {
    expect(said(judge(repository(), `${anyOf}\n  message: Say what you do in a.txt.`))).toBe(
      'fail: Say what you do in a.txt.',
    )
  })

  it('leave open what one alternative leaves open, unless another is kept', () => {
    const snapshot = repository({ files: { 'b.yaml': '' } })
    snapshot.files['a.txt'] = unknown('unavailable', 'GitHub did not answer')
    expect(said(judge(snapshot, anyOf))).toBe('unknown: GitHub did not answer.')
    snapshot.files['a.yaml'] = known({ exists: true, oid: '', bytes: 4, text: 'x: 1' }, 'test')
    expect(judge(snapshot, anyOf).status).toBe('pass')
  })
})

describe('what GitHub knows of the repository', () => {
  const condition = (expression: string) => `- { repository: '${expression}', message: Change it. }`
  const alert = (severity: 'low' | 'critical', createdAt: string) => ({
    number: 1,
    severity,
    package: 'left-pad',
    createdAt,
  })

  it.each<[string, string, Partial<Snapshot['facts']>, string]>([
    ['its name', 'repository.name.startsWith("payments-")', {}, 'pass'],
    ['its metadata', 'repository.visibility == "private" && !repository.archived', {}, 'pass'],
    ['its language', 'repository.language == "TypeScript"', {}, 'pass'],
    ['its topics', '"pci" in topics', { topics: known(['pci'], 'test') }, 'pass'],
    ['its languages', 'languages["Go"] > 1000', { languages: known({ Go: 2_000 }, 'test') }, 'pass'],
    ['its properties', 'properties["tier"] == "1"', { properties: known({ tier: '1' }, 'test') }, 'pass'],
    [
      'its protection',
      'protection.requiredApprovals >= 2 && protection.requiredChecks.exists(check, check.context == "build")',
      { protection: known(protection, 'test') },
      'pass',
    ],
    [
      'its alerts and their age',
      'alerts.all(alert, alert.severity != "critical" || alert.ageDays <= 7)',
      { vulnerabilityAlerts: known([alert('critical', '2026-11-10T10:00:00Z')], 'test') },
      'fail',
    ],
    [
      'younger alerts',
      'alerts.all(alert, alert.severity != "critical" || alert.ageDays <= 7)',
      { vulnerabilityAlerts: known([alert('critical', '2026-11-20T10:00:00Z')], 'test') },
      'pass',
    ],
    [
      'its environments',
      'environments.exists(each, each.name == "production" && each.requiredReviewers > 0)',
      {
        environments: known(
          [{ name: 'production', requiredReviewers: 1, preventsSelfReview: true, branches: 'protected' }],
          'test',
        ),
      },
      'pass',
    ],
  ])('%s', (_, expression, facts, status) => {
    expect(judge(withFacts(facts), condition(expression)).status).toBe(status)
  })

  it('its entities', () => {
    const snapshot = monorepo(
      {},
      entity('pay', 'catalog-info.yaml', { lifecycle: 'production', system: 'money' }),
    )
    expect(
      judge(
        snapshot,
        condition('entities.all(e, e.lifecycle == "production" && e.system == "money" && e.owner == "")'),
      ).status,
    ).toBe('pass')
  })

  it('says the numbers that are not as asked', () => {
    const snapshot = withFacts({ protection: known(protection, 'test') })
    expect(said(judge(snapshot, condition('protection.requiredApprovals >= 3')))).toBe(
      'fail: protection.requiredApprovals is 2. Change it.',
    )
  })

  it.each<[string, string, string]>([
    ['a fact', 'protection.requiredApprovals > 0', 'unknown: no.'],
    ['one fact of two', 'protection.requiredApprovals > 0 || "x" in topics', 'unknown: no.'],
    ['what nobody told', 'repository.licence == "MIT"', 'unknown: repository.licence was not told.'],
  ])('is unknown while %s is', (_, expression, expected) => {
    expect(said(judge(repository({ topics: ['x'] }), condition(expression)))).toBe(expected)
  })

  it('also in a condition on a file', () => {
    const require = `- { file: a.yaml, where: 'doc.tier == properties["tier"]', message: m }`
    const files = { 'a.yaml': 'tier: "1"' }
    expect(judge(repository({ files, properties: { tier: '1' } }), require).status).toBe('pass')
    expect(
      said(judge(withFacts({ properties: unknown('permission', 'grant it') }, { files }), require)),
    ).toBe('unknown: grant it.')
  })

  it('is declared as what the control reads', () => {
    const reads = (expression: string) => controlOf(condition(expression)).reads
    expect(reads('repository.name == "x"').facts).toEqual([])
    expect(reads('repository.fork || size(alerts) == 0').facts).toEqual(['metadata', 'vulnerabilityAlerts'])
    expect(reads('size(entities) > 0')).toEqual({ files: [], facts: [], entities: true })
    // A name that a comprehension gives is no fact.
    expect(reads('repository.name == "x" || [1].all(topics, topics > 0)').facts).toEqual([])
    const inMessage = controlOf("- { file: a.txt, message: '{{ size(topics) }} topics.' }")
    expect(inMessage.reads.facts).toEqual(['topics'])
    expect(controlOf(condition('size(alerts) == 0')).asksTheDay).toBe(true)
    expect(controlOf(condition('size(topics) == 0')).asksTheDay).toBe(false)
  })
})

describe('for each component', () => {
  const components = [
    entity('pay', 'services/pay/catalog-info.yaml'),
    entity('web', 'services/web/catalog-info.yaml'),
  ]
  const require =
    '- { file: "*.toml", where: doc.owner == component.name, message: "Name {{ component.name }}." }'
  const forEach = '    for-each: component\n'

  it('reads below each, and says whose file is wrong', () => {
    const files = {
      'services/pay/a.toml': 'owner = "pay"',
      'services/web/b.toml': 'owner = "pay"',
      'c.toml': '',
    }
    expect(said(judge(monorepo(files, ...components), require, forEach))).toBe(
      'fail: services/web/b.toml:1:1 web: Name web.',
    )
    expect(controlOf(require, forEach).reads).toEqual({ files: ['**/*.toml'], facts: [], entities: true })
  })

  it('says what one of them lacks', () => {
    const files = { 'services/pay/Dockerfile': 'FROM a' }
    expect(
      said(
        judge(
          monorepo(files, ...components),
          '- { file: Dockerfile, message: Add it., for-each: component }',
        ),
      ),
    ).toBe('fail: web: There is no services/web/Dockerfile. Add it.')
  })

  it('may be asked by one condition of several', () => {
    const files = { 'a.txt': '', 'services/pay/x.pem': '' }
    const mixed =
      '- { file: a.txt, message: m }\n- { absent: "**/*.pem", message: Remove it., for-each: component }'
    expect(said(judge(monorepo(files, ...components), mixed))).toBe(
      'fail: services/pay/x.pem pay: services/pay/x.pem is there. Remove it.',
    )
  })

  it('looks through no tree without end where components lie within each other', () => {
    const deep = Array.from({ length: 40 }, (_, depth) => 'd/'.repeat(depth + 1))
    const snapshot = monorepo(
      {},
      ...deep.map((path, index) => entity(`c${index}`, `${path}catalog-info.yaml`)),
    )
    const paths = Array.from({ length: 50_000 }, (_, index) => `${deep.at(-1)}f${index}.txt`)
    snapshot.tree = known(
      paths.map(path => ({ path, type: 'blob' as const, mode: '100644' })),
      'test',
    )
    expect(said(judge(snapshot, '- { absent: "*.pem", message: m }', forEach))).toContain(
      'lie within each other',
    )
  })

  it('does not apply where there is none, and is open while that is not known', () => {
    expect(judge(monorepo({}), require, forEach).status).toBe('not-applicable')
    expect(judge(repository(), require, forEach).status).toBe('unknown')
  })

  it('is not got rid of by a catalog-info.yaml that nobody can read', () => {
    const unread = (path: string, reason: 'binary' | 'partial-answer') => {
      const points = entity('all', 'catalog-info.yaml', {
        kind: 'Location',
        targets: [{ text: './*/catalog-info.yaml', path: '*/catalog-info.yaml', location: { path: 'x' } }],
      })
      const snapshot = monorepo(
        { 'one/catalog-info.yaml': '', 'two/OWNERS': 'x' },
        points,
        entity('two', 'two/catalog-info.yaml'),
      )
      snapshot.files[path] = unknown(reason, 'why not')
      return said(judge(snapshot, '- { file: OWNERS, message: m }', forEach))
    }
    expect(unread('catalog-info.yaml', 'binary')).toMatch(/^fail: .*why not/)
    expect(unread('one/catalog-info.yaml', 'binary')).toMatch(/^fail: .*why not/)
    expect(unread('one/catalog-info.yaml', 'partial-answer')).toContain('unknown: ')
    const {
      kind: _,
      ref: __,
      ...broken
    } = entity('x', 'catalog-info.yaml', { judgement: 'invalid', line: 3 })
    expect(said(judge(monorepo({}, broken), require, forEach))).toContain(
      'catalog-info.yaml:3 is no entity that can be read.',
    )
  })
})

describe('a message', () => {
  const message = (text: string, yaml: string) =>
    said(
      judge(
        repository({ files: { 'a.yaml': yaml } }),
        `- { file: a.yaml, where: 'false', message: "${text}" }`,
      ),
    )

  it.each([
    ['a number', '{{ doc.days }} days.', 'days: 30', '30 days.'],
    ['true or false', 'It is {{ doc.on }}.', 'on: false', 'It is false.'],
    ['text', 'In {{ file }}: {{ doc.name }}.', 'name: pay', 'In a.yaml: pay.'],
    ['what is counted', '{{ size(doc.list) }} of 3.', 'list: [1, 2]', '2 of 3.'],
    ['nothing that is a list', 'x{{ doc.list }}y', 'list: [1, 2]', 'xy'],
    ['nothing where it fails', 'It is {{ doc.a.b }} now.', 'a: 1', 'It is  now.'],
    [
      'what GitHub fills in as it is',
      `Use $\{{ secrets.X }} {{ doc.n }}.`,
      'n: 1',
      `Use $\{{ secrets.X }} 1.`,
    ],
  ])('shows %s', (_, text, yaml, expected) => {
    expect(message(text, yaml)).toBe(`fail: a.yaml:1:1 ${expected}`)
  })

  it('shows at most 80 characters of a text, none of which moves a cursor', () => {
    const shown = message('{{ doc.x }}', `x: "\\e[31m${'y'.repeat(500)}"`)
    expect(shown.length).toBeLessThan(120)
    expect(shown).not.toContain('\u001b')
  })
})

describe('a mistake in a control is told with its place', () => {
  it.each<[string, string, string]>([
    [
      'about nothing',
      '- { message: m }',
      '7:9: A condition says nothing of what it is about. Expected file, absent, repository, any-of or all-of.',
    ],
    [
      'about two things',
      '- { file: a, absent: b, message: m }',
      '7:20: A condition has "file" and "absent". Expected one of them; two conditions say both.',
    ],
    [
      'with a key of another',
      '- { absent: a, where: "true", message: m }',
      '7:22: "where" goes with "file", and this condition is about "absent". Expected absent, message or for-each.',
    ],
    ['without a message', '- { repository: "true" }', '7:9: A condition has no "message". Expected text.'],
    [
      'with an unknown field',
      '- { repository: repository.archvied, message: m }',
      '7:23: "archvied" is nothing of repository. Expected name, visibility, archived, fork, template, description, createdAt, language or licence; the nearest is "archived".',
    ],
    [
      'over a file where none is',
      '- { repository: doc.a == 1, message: m }',
      '7:23: "doc" is there only for .yaml, .yml, .json, .toml and .properties files and Dockerfiles.',
    ],
    [
      'over a manifest that is none',
      '- { file: a.yaml, where: manifest.name == "x", message: m }',
      '7:32: "manifest" is there only for package.json, pyproject.toml, Cargo.toml and go.mod.',
    ],
    [
      'over a component where none is',
      '- { file: a.yaml, where: component.name == "x", message: m }',
      '7:32: "component" is there only under "for-each: component".',
    ],
    [
      'with a message left open',
      '- { file: a.yaml, message: "It is {{ doc.a" }',
      '7:41: A {{ has no }} after it. Expected {{ expression }}.',
    ],
    [
      'with a stranger in the message',
      '- { file: a.yaml, message: "It is {{ dco.a }}." }',
      '7:44: Not a CEL condition: Unknown variable: dco.',
    ],
    [
      'with a list in the message',
      '- { file: a.yaml, message: "It is {{ docs }}." }',
      '7:44: The expression gives list. Expected a number, true or false, or text.',
    ],
    [
      'with no regular expression',
      '- { file: a.yaml, matches: [a, "(?=a)"], message: m }',
      '7:38: "(?=a)" is no regular expression of RE2 syntax (no look-around, no back references).',
    ],
    [
      'for each of each',
      '- { for-each: component, any-of: [{ for-each: component, file: a, message: m }] }',
      '7:43: It is asked for each component already. Expected one for-each.',
    ],
    [
      'for each of something else',
      '- { file: a, message: m, for-each: team }',
      '7:42: "team" can\'t stand here. Expected component.',
    ],
    [
      'nested without end',
      `- ${'{ any-of: ['.repeat(6)}{ file: a, message: m }${'] }'.repeat(6)}`,
      '7:53: Conditions are nested deeper than 4 levels. Expected fewer.',
    ],
  ])('%s', (_, require, expected) => {
    const [first] = problemsOf(textOf(require))
    expect(first && `${first.line}:${first.column}: ${first.message}`).toBe(expected)
  })

  it.each<[string, string, string]>([
    [
      'that does nothing',
      '{ to: a }',
      '6:10: A fix does nothing. Expected copy and to, write and to, or set and in.',
    ],
    [
      'that does two things',
      '{ copy: a, write: b, to: c }',
      '6:10: A fix has "copy" and "write". Expected copy and to, write and to, or set and in.',
    ],
    ['without a place', '{ write: x }', '6:10: A fix has no "to". Expected text.'],
    [
      'that sets in the wrong place',
      '{ set: { a: 1 }, in: a.yaml, to: b }',
      '6:39: "to" does not go with "set". Expected "in".',
    ],
    [
      'out of the repository',
      '{ write: x, to: ../b }',
      '6:26: "../b" has an empty, "." or ".." part. Expected a path from the repository’s root.',
    ],
    ['to several', '{ write: x, to: "{a,b}" }', '6:26: "{a,b}" stands for several. Expected one path.'],
    [
      'in TOML',
      '{ set: { a: 1 }, in: a.toml }',
      '6:31: "a.toml" is no file that values can be set in. Expected .yaml, .yml or .json.',
    ],
    [
      'of no key',
      '{ set: { a..b: 1 }, in: a.yaml }',
      '6:19: "a..b" leads to nothing. Expected keys with dots between them, as audit.enabled.',
    ],
  ])('a fix %s', (_, fix, expected) => {
    const problems = problemsOf(textOf('- { file: a, message: m }', `    fix: ${fix}\n`))
    const [first] = problems
    expect(first && `${first.line}:${first.column}: ${first.message}`).toBe(expected)
  })
})

describe('a fix', () => {
  const context = {
    parameters: {},
    today,
    outcomeOf: () => undefined,
    outcomeOn: () => undefined,
  }
  const require = '- { file: a.yaml, where: doc.audit.on == true, message: m }'
  const fix = (snapshot: Snapshot, written: string, conditions = require) =>
    controlOf(conditions, `    fix: ${written}\n`).fix?.(snapshot, context)

  it('sets a value and nothing else', () => {
    const files = { 'a.yaml': '# Ours\naudit: # see wiki\n  on: false # later\n' }
    expect(fix(repository({ files }), '{ set: { audit.on: true }, in: a.yaml }')).toEqual({
      why: 'Sets audit.on in a.yaml: We want it',
      edits: [{ path: 'a.yaml', text: '# Ours\naudit: # see wiki\n  on: true # later\n' }],
    })
  })

  it('writes a file that is not there', () => {
    expect(fix(repository(), '{ write: "audit: { on: true }", to: a.yaml }')?.edits).toEqual([
      { path: 'a.yaml', text: 'audit: { on: true }\n' },
    ])
  })

  it.each<[string, Record<string, string>, string]>([
    ['nothing fails', { 'a.yaml': 'audit: { on: true }' }, '{ set: { audit.on: true }, in: a.yaml }'],
    ['it would not help', { 'a.yaml': 'audit: { on: false }' }, '{ set: { audit.off: true }, in: a.yaml }'],
    [
      'somebody wrote something else there',
      { 'a.yaml': 'x: 1' },
      '{ write: "audit: { on: true }", to: a.yaml }',
    ],
    ['there is nothing to set it in', {}, '{ set: { audit.on: true }, in: a.yaml }'],
    ['the file does not parse', { 'a.yaml': 'audit: [' }, '{ set: { audit.on: true }, in: a.yaml }'],
    ['it is a copy, which others make', {}, '{ copy: x.yaml, to: a.yaml }'],
  ])('is not offered where %s', (_, files, written) => {
    expect(fix(repository({ files }), written)).toBeUndefined()
  })

  it('is made for each component that lacks it', () => {
    const snapshot = monorepo(
      { 'one/OWNERS': 'x' },
      entity('one', 'one/catalog-info.yaml'),
      entity('two', 'two/catalog-info.yaml'),
    )
    const control = controlOf(
      '- { file: OWNERS, message: m }',
      '    for-each: component\n    fix: { write: x, to: OWNERS }\n',
    )
    expect(control.fix?.(snapshot, context)?.edits).toEqual([{ path: 'two/OWNERS', text: 'x\n' }])
  })
})

it('bytes in YAML are none that make the file unreadable', () => {
  const files = { 'a.yaml': 'icon: !!binary aGk=\nname: x\n' }
  expect(
    judge(repository({ files }), `- { file: a.yaml, where: 'doc.name == "x"', message: m }`).status,
  ).toBe('pass')
})

it('an expression that fails quotes nothing of the file', () => {
  const files = { 'a.yaml': "password: hunter2\nwith-quotes: '(\"hunter2'\n" }
  const said = (where: string) =>
    JSON.stringify(judge(repository({ files }), `- { file: a.yaml, where: '${where}', message: m }`))
  expect(said('bool(doc.password)')).toContain('bool() conversion error. m')
  expect(said('text.matches("(" + doc.password)')).toContain('a text is no regular expression')
  const leaky = [
    'duration(doc.password) > duration("1s")',
    'text.matches(doc["with-quotes"])',
    'int(doc.password) > 1',
    'timestamp(doc.password) > timestamp("2026-01-01T00:00:00Z")',
    'timestamp("2026-01-01T00:00:00Z").getHours(doc.password) == 1',
    'doc[doc.password] == 1',
    'doc.password + 1 == 2',
  ]
  for (const where of leaky) expect(said(where)).not.toMatch(/unter2/)
})

describe('a trace', () => {
  it('tells for each condition what was looked at', () => {
    const files = { 'a.yaml': `audit: { on: true, days: 30, note: ${'x'.repeat(200)} }`, 'a.txt': 'x' }
    const control = controlOf(`
- { file: a.yaml, where: 'doc.audit.on == true && doc.audit.days >= 365 && doc.audit.note != ""', message: m }
- any-of:
    - { absent: a.txt, message: Remove it. }
    - { repository: 'protection.requiredApprovals > 0', message: Ask for reviews. }`)
    expect(trace(control, repository({ files }), today)).toEqual({
      control: 'mine',
      cutOff: false,
      conditions: [
        {
          kind: 'file',
          about: 'a.yaml',
          status: 'fail',
          message: 'audit.days is 30. m',
          location: { path: 'a.yaml', line: 1, column: 26 },
          files: ['a.yaml'],
          evaluations: [
            {
              file: 'a.yaml',
              expression: 'doc.audit.on == true && doc.audit.days >= 365 && doc.audit.note != ""',
              value: 'false',
              parts: [
                {
                  expression: 'doc.audit.on == true',
                  value: 'true',
                  looksAt: [{ path: 'doc.audit.on', value: 'true' }],
                },
                {
                  expression: 'doc.audit.days >= 365',
                  value: 'false',
                  looksAt: [{ path: 'doc.audit.days', value: '30' }],
                },
                {
                  expression: 'doc.audit.note != ""',
                  value: 'true',
                  looksAt: [{ path: 'doc.audit.note', value: 'a text' }],
                },
              ],
            },
          ],
          conditions: [],
        },
        {
          kind: 'any-of',
          about: '',
          status: 'unknown',
          message: 'no.',
          files: [],
          evaluations: [],
          conditions: [
            {
              kind: 'absent',
              about: 'a.txt',
              status: 'fail',
              message: 'a.txt is there. Remove it.',
              location: { path: 'a.txt' },
              files: ['a.txt'],
              evaluations: [],
              conditions: [],
            },
            {
              kind: 'repository',
              about: 'protection.requiredApprovals > 0',
              status: 'unknown',
              message: 'no.',
              files: [],
              evaluations: [],
              conditions: [],
            },
          ],
        },
      ],
    })
  })

  it('says why an expression has no value', () => {
    const control = controlOf('- { file: a.yaml, where: doc.a.b > 1, message: m }')
    const [condition] = trace(control, repository({ files: { 'a.yaml': 'a: 1' } }), today).conditions
    expect(condition?.evaluations[0]).toMatchObject({
      error: 'No such key: b',
      parts: [{ value: 'No such key: b' }],
    })
  })
})
