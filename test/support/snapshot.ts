import type { Control, ControlContext, Outcome } from '../../src/controls/control.ts'
import { discoveredPaths, judgeEntities } from '../../src/snapshot/entities/entities.ts'
import type {
  EntityDocument,
  Fact,
  FileState,
  RepositoryFacts,
  RepositoryIdentity,
  Snapshot,
  Target,
  TreeEntry,
} from '../../src/snapshot/snapshot.ts'
import { absentFile, factNames, known, snapshotVersion, unknown } from '../../src/snapshot/snapshot.ts'

/** A repository as a test tells it: what is not said is unknown, a file that is not given is absent. */
export interface SnapshotParts {
  /** Text by path; a fact for what is no readable text. */
  files?: Record<string, string | Fact<FileState>>
  /** Known facts by their value, or a fact. */
  facts?: { [Name in keyof RepositoryFacts]?: RepositoryFacts[Name] | ValueOf<RepositoryFacts[Name]> }
  repository?: Partial<RepositoryIdentity>
  target?: Partial<Target>
  accounts?: Snapshot['accounts']
  catalogue?: Snapshot['catalogue']
  templates?: Snapshot['templates']
  /** Every path of the tree; absent: the tree is unknown. */
  tree?: readonly string[]
  takenAt?: string
}

type ValueOf<F> = F extends { known: true; value: infer Value } ? Value : never

/** Every path that a control of the library reads, so that what a test leaves out is absent and not unread. */
const readByControls = [
  'catalog-info.yaml',
  'catalog-info.yml',
  '.github/CODEOWNERS',
  'CODEOWNERS',
  'docs/CODEOWNERS',
  'mkdocs.yml',
  'mkdocs.yaml',
  'docs/index.md',
]

/** Judges `catalog-info.yaml` and what it leads to, as a real snapshot would. */
export const snapshotOf = async (parts: SnapshotParts = {}): Promise<Snapshot> => {
  const files: Record<string, Fact<FileState>> = {}
  for (const path of readByControls) files[path] = absentFile('test')
  for (const [path, content] of Object.entries(parts.files ?? {}))
    files[path] = typeof content === 'string' ? fileOf(content) : content
  const repository: RepositoryIdentity = {
    id: 1,
    nodeId: 'R_1',
    name: 'payments-api',
    owner: 'acme',
    ownerId: 10,
    installationId: 100,
    url: 'https://github.com/acme/payments-api',
    ...parts.repository,
  }
  return {
    version: snapshotVersion,
    repository,
    target: { kind: 'default-branch', ref: 'refs/heads/main', sha: 'a'.repeat(40), ...parts.target },
    takenAt: parts.takenAt ?? '2026-11-22T12:00:00.000Z',
    facts: factsOf(parts.facts ?? {}),
    files,
    tree: parts.tree
      ? known(
          parts.tree.map((path): TreeEntry => ({ path, type: 'blob', mode: '100644' })),
          'test',
        )
      : unknown('partial-answer', 'The list of files was not asked for'),
    entities: await entitiesOf(files, repository.url),
    accounts: parts.accounts ?? {},
    catalogue: parts.catalogue ?? {},
    templates: parts.templates ?? {},
  }
}

const fileOf = (text: string): Fact<FileState> =>
  known({ exists: true, oid: '', bytes: Buffer.byteLength(text), text }, 'test')

const factsOf = (given: NonNullable<SnapshotParts['facts']>): RepositoryFacts => {
  const facts = factNames.map(name => {
    const value: unknown = given[name]
    if (value === undefined) return [name, unknown('not-configured', `The test does not say the ${name}`)]
    const isFact = typeof value === 'object' && value !== null && 'known' in value
    return [name, isFact ? value : known(value, 'test')]
  })
  return Object.fromEntries(facts)
}

/** Five rounds, as Locations may name Locations. */
const entitiesOf = async (files: Record<string, Fact<FileState>>, url: string): Promise<EntityDocument[]> => {
  const waiting = ['catalog-info.yaml']
  const entities: EntityDocument[] = []
  for (let round = 0; round < 5; round += 1)
    for (const path of waiting.splice(0)) {
      const fact = files[path] ?? absentFile('test')
      files[path] ??= fact
      if (!fact.known || !fact.value.exists) continue
      const documents = await judgeEntities(path, fact.value.text, {
        repository: { url },
        lookup: at => files[at] ?? absentFile('test'),
      })
      entities.push(...documents)
      waiting.push(
        ...discoveredPaths(documents).entities.filter(at => !entities.some(({ path: p }) => p === at)),
      )
    }
  return entities
}

/** Runs a control with its defaults, or with what the test says of its parameters and of other controls. */
export const checked = (
  control: Control,
  snapshot: Snapshot,
  context: {
    parameters?: Record<string, unknown>
    outcomes?: Record<string, Outcome>
    /** YYYY-MM-DD. */
    today?: string
    outcomeOn?: ControlContext['outcomeOn']
  } = {},
): Outcome =>
  control.check(snapshot, {
    parameters: {
      ...Object.fromEntries(
        Object.entries(control.parameters ?? {}).map(([name, parameter]) => [name, parameter.default]),
      ),
      ...context.parameters,
    },
    today: context.today ?? '2026-11-22',
    outcomeOf: id => context.outcomes?.[id],
    outcomeOn: context.outcomeOn ?? (() => undefined),
  })

/** `fail catalog-info.yaml:12:10 "x" is …`, one line for the outcome or for each finding, as tables expect it. */
export const told = (outcome: Outcome): string[] =>
  outcome.status === 'fail'
    ? outcome.findings.map(({ message, location }) =>
        [
          'fail',
          location && [location.path, location.line, location.column].filter(Boolean).join(':'),
          message,
        ]
          .filter(Boolean)
          .join(' '),
      )
    : [`${outcome.status} ${outcome.message}`]

/** A Component that Backstage accepts; `more` stands under metadata, `spec` under spec. */
export const component = (name: string, owner = 'payments', more = '', spec = ''): string =>
  [
    'apiVersion: backstage.io/v1alpha1',
    'kind: Component',
    'metadata:',
    `  name: ${name}`,
    ...(more ? [more] : []),
    'spec:',
    '  type: service',
    '  lifecycle: production',
    `  owner: ${owner}`,
    ...(spec ? [spec] : []),
    '',
  ].join('\n')
