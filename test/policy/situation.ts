import { type Control, fail, type Outcome, pass } from '../../src/controls/control.ts'
import { parsePolicy } from '../../src/policy/parse.ts'
import type { Policy, PolicyProblem } from '../../src/policy/policy.ts'
import { codeownersPaths } from '../../src/snapshot/files/codeowners.ts'
import {
  type EntityDocument,
  type Fact,
  known,
  type Metadata,
  nothingKnown,
  type Snapshot,
  type TreeEntry,
  unknown,
} from '../../src/snapshot/snapshot.ts'
import { metadata } from '../support/facts.ts'

/** A control of a library, with the outcome a test wants of it. */
export const control = (id: string, outcome: Outcome | (() => Outcome) = pass('fine')): Control => ({
  id,
  title: id,
  why: `why ${id}`,
  satisfies: {},
  reads: { files: [`${id}.txt`], facts: [] },
  parameters: {
    approvals: { default: 1, expects: 'a whole number', accepts: value => Number.isInteger(value) },
  },
  check: () => (typeof outcome === 'function' ? outcome() : outcome),
})

export const library = (...controls: Control[]): ReadonlyMap<string, Control> =>
  new Map(controls.map(each => [each.id, each]))

export const failing = (message = 'broken'): Outcome => fail({ message, location: { path: 'a', line: 1 } })

/** The usual library of the parse tests. */
export const usual = library(
  control('catalog-info-valid'),
  control('owner-exists'),
  control('codeowners-valid'),
  control('techdocs'),
  { ...control('seems-fine'), heuristic: true },
)

export const problemsOf = (text: string, path = 'golden-path.yml'): readonly PolicyProblem[] =>
  parsePolicy([{ path, text }], { version: 'test', library: usual }).problems

/** A policy that must parse. */
export const policyOf = (text: string, controls = usual): Policy => {
  const parsed = parsePolicy([{ path: 'golden-path.yml', text }], { version: 'test', library: controls })
  if (!parsed.ok)
    throw new Error(parsed.problems.map(({ line, message }) => `${line}: ${message}`).join('\n'))
  return parsed.policy
}

export interface Told {
  name?: string
  files?: Record<string, string>
  metadata?: Partial<Metadata> | Fact<Metadata>
  topics?: string[] | Fact<string[]>
  properties?: Record<string, string | string[]> | Fact<Record<string, string | string[]>>
  template?: string
  /** GitHub's id, by which rollouts are decided. */
  id?: number
  /** What it holds for Backstage; each a valid Component unless it says otherwise. */
  entities?: Partial<EntityDocument>[]
  accounts?: Snapshot['accounts']
}

/** A snapshot of a repository told in a few words; what is not told is known and empty. */
export const repository = (told: Told = {}): Snapshot => {
  const texts = Object.entries(told.files ?? {})
  const tree: TreeEntry[] = texts.map(([path]) => ({ path, type: 'blob', mode: '100644' }))
  const absent = Object.fromEntries(
    [
      'config/logging.yaml',
      'config/logging.yml',
      'config/logging.json',
      'a.yaml',
      'a.json',
      'a.txt',
      'b.yaml',
      ...codeownersPaths,
    ].map(path => [path, known({ exists: false as const }, 'test')]),
  )
  return {
    version: 2,
    repository: {
      id: told.id ?? 1,
      nodeId: 'R_1',
      name: told.name ?? 'payments-api',
      owner: 'acme',
      ownerId: 2,
      installationId: 3,
      url: 'https://github.com/acme/payments-api',
    },
    target: { kind: 'default-branch', ref: 'refs/heads/main', sha: 'a'.repeat(40) },
    takenAt: '2026-11-22T00:00:00.000Z',
    facts: {
      ...nothingKnown(() => unknown('not-configured', 'The test does not say')),
      metadata: isFact(told.metadata)
        ? told.metadata
        : known(metadata({ primaryLanguage: 'TypeScript', ...told.metadata }), 'test'),
      topics: isFact(told.topics) ? told.topics : known(told.topics ?? [], 'test'),
      properties: isFact(told.properties) ? told.properties : known(told.properties ?? {}, 'test'),
      protection: { known: false, reason: 'permission', detail: 'no' },
      codeownersErrors: known([], 'test'),
      vulnerabilityAlerts: known([], 'test'),
    },
    files: {
      ...absent,
      ...Object.fromEntries(
        texts.map(([path, text]) => [
          path,
          known({ exists: true as const, oid: '', bytes: text.length, text }, 'test'),
        ]),
      ),
    },
    tree: known(tree, 'test'),
    entities: [
      ...(told.template
        ? [entity({ template: { ref: told.template, location: { path: 'catalog-info.yaml', line: 1 } } })]
        : []),
      ...(told.entities ?? []).map(entity),
    ],
    accounts: told.accounts ?? {},
    catalogue: {},
    templates: {},
  }
}

const entity = (told: Partial<EntityDocument>): EntityDocument => ({
  path: 'catalog-info.yaml',
  document: 0,
  line: 1,
  judgement: 'valid',
  errors: [],
  hints: [],
  kind: 'Component',
  annotations: {},
  targets: [],
  ...told,
})

const isFact = <T>(value: unknown): value is Fact<T> =>
  typeof value === 'object' && value !== null && 'known' in value && typeof value.known === 'boolean'
