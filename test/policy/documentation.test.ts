import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { builtInControls } from '../../src/controls/index.ts'
import { evaluate } from '../../src/policy/evaluate.ts'
import { parsePolicy } from '../../src/policy/parse.ts'
import type { PolicyFile } from '../../src/policy/policy.ts'
import { settingsPath } from '../../src/policy/repository-settings.ts'
import type { ControlVerdict } from '../../src/policy/verdict.ts'
import { known, type Snapshot } from '../../src/snapshot/snapshot.ts'
import { repository, type Told } from './situation.ts'

/**
 * Every example of docs/policy.md. The word behind ```yaml says what it is: a file by its path, or the place where a part
 * belongs (`in require`). A ```text block `on` a day says what becomes of repositories under the files of its section.
 */
const page = readFileSync(join(import.meta.dirname, '../../docs/policy.md'), 'utf8')

interface Block {
  line: number
  language: string
  mark: string
  text: string
}

const sections = page.split(/^(?=#{2,3} )/m).map((text, index, all) => {
  const begins = all.slice(0, index).join('').split('\n').length
  return {
    title: /^#+ (.*)$/m.exec(text)?.[1] ?? '',
    blocks: [...text.matchAll(/^```(\w+) ?(.*)\n([\s\S]*?)^```$/gm)].map(
      ({ 1: language = '', 2: mark = '', 3: body = '', index: at }): Block => ({
        line: begins + text.slice(0, at).split('\n').length - 1,
        language,
        mark,
        text: body,
      }),
    ),
  }
})

const blocks = sections.flatMap(section => section.blocks)

const indented = (text: string, spaces: number): string => text.replaceAll(/^(?=.)/gm, ' '.repeat(spaces))

/** A whole file around a part. */
const around: Record<string, (part: string) => string> = {
  'in file': part => part,
  'in rules': part => `version: 1\nrules:\n${indented(part, 2)}`,
  'in require': part => `version: 1\nrules:\n  - name: Example\n    require:\n${indented(part, 6)}`,
  'in for': part =>
    `version: 1\nrules:\n  - name: Example\n    require: { techdocs: observe }\n    for:\n${indented(part, 6)}`,
  'in controls': part => `version: 1\ncontrols:\n${indented(part, 2)}`,
  'in condition': part =>
    `version: 1\ncontrols:\n  example:\n    title: T\n    why: W\n    require:\n      -\n${indented(part, 8)}`,
  'in waivers': part => `version: 1\nwaivers:\n${indented(part, 2)}`,
}

const parsed = (files: readonly PolicyFile[]) => {
  const result = parsePolicy(files, { version: 'docs', library: builtInControls })
  if (!result.ok)
    throw new Error(result.problems.map(({ line, message }) => `${line}: ${message}`).join('\n'))
  return result.policy
}

const owned: Told['entities'] = [
  {
    ref: 'component:default/payments-api',
    name: 'payments-api',
    owner: {
      text: 'payments',
      ref: 'group:default/payments',
      location: { path: 'catalog-info.yaml', line: 6, column: 10 },
    },
  },
]

const protection = {
  requiresPullRequest: true,
  requiredApprovals: 1,
  requiresCodeOwnerReview: false,
  blocksForcePush: true,
  blocksDeletion: true,
  requiredChecks: [],
  dismissesStaleReviews: false,
  requiresLastPushApproval: false,
  sources: ['branch protection of main'],
}

const logging = { 'config/logging.yaml': 'audit:\n  enabled: true\n  retentionDays: 30\n' }

/** The organisation that the page speaks of. */
const told: Record<string, Told> = {
  'payments-api': {
    // A rollout of 10% reaches it, and not the next one.
    id: 4,
    topics: ['pci'],
    files: {
      ...logging,
      '.github/CODEOWNERS': 'src @acme/payments/\n',
      'catalog-info.yaml': 'kind: Component\n',
    },
    entities: owned,
    accounts: { 'group:default/payments': known({ exists: true, as: 'team @acme/payments' }, 'directory') },
  },
  'payments-legacy': { id: 1, topics: ['pci'], files: logging },
  'sandbox-jane': {
    entities: [{ owner: { text: 'jan', ref: 'user:default/jan', location: { path: 'catalog-info.yaml' } } }],
    files: { 'catalog-info.yaml': 'kind: Component\n' },
    accounts: { 'user:default/jan': known({ exists: false, nearest: 'jane' }, 'directory') },
  },
}

const repositoryCalled = (name: string, settings?: string): Snapshot => {
  const of = told[name]
  if (!of) throw new Error(`The page speaks of ${name}, which the test does not know`)
  const files = { ...of.files, ...(settings === undefined ? {} : { [settingsPath]: settings }) }
  const snapshot = repository({ ...of, name, files })
  snapshot.facts.protection = known(protection, 'test')
  return snapshot
}

const note = ({ enforcedFrom, heldBack, waiver }: ControlVerdict): string => {
  if (enforcedFrom) return `enforced from ${enforcedFrom}`
  if (heldBack) return `${heldBack.level} for ${heldBack.rollout}%`
  return waiver ? `until ${waiver.until}` : ''
}

const inWords = (name: string, verdict: ControlVerdict): string =>
  [name, verdict.level, verdict.status, verdict.id, note(verdict)].filter(Boolean).join(' ')

describe('docs/policy.md', () => {
  it('marks each of its examples', () => {
    const unmarked = blocks.filter(
      ({ language, mark }) =>
        language === 'yaml' &&
        !/^(cases|golden-path\.yml|golden-path\/[\w-]+\.yml|\.github\/golden-path\.yml)$/.test(mark) &&
        !around[mark],
    )
    expect(unmarked.map(({ line, mark }) => `docs/policy.md:${line}: "${mark}"`)).toEqual([])
    expect(blocks.filter(({ language }) => language === 'yaml').length).toBeGreaterThan(6)
  })

  const parts = blocks.filter(({ mark }) => around[mark])
  it.each(parts)('line $line: the part $mark parses, and can be judged by', ({ mark, text }) => {
    const policy = parsed([{ path: 'golden-path.yml', text: around[mark]?.(text) ?? '' }])
    expect(evaluate(repositoryCalled('payments-api'), policy, new Date('2026-11-22'))).toBeDefined()
  })

  const told = sections.flatMap(({ title, blocks: all }) => {
    const files = all.filter(({ language, mark }) => language === 'yaml' && mark.endsWith('.yml'))
    return files.length === 0
      ? []
      : [{ title, files, promises: all.filter(({ mark }) => mark.startsWith('on ')) }]
  })

  it.each(told)('$title: what it says becomes of the repositories', ({ files, promises }) => {
    const policy = parsed(
      files.filter(({ mark }) => mark !== settingsPath).map(({ mark, text }) => ({ path: mark, text })),
    )
    const settings = files.find(({ mark }) => mark === settingsPath)?.text
    expect(promises.length).toBeGreaterThan(0)
    for (const { mark, text } of promises) {
      const lines = text
        .trim()
        .split('\n')
        .map(line => line.trim().split(/\s+/).join(' '))
      const names = new Set(lines.map(line => line.split(' ')[0] ?? ''))
      const now = new Date(`${mark.slice('on '.length)}T12:00:00Z`)
      const said = [...names].flatMap(name =>
        evaluate(repositoryCalled(name, settings), policy, now).controls.map(each => inWords(name, each)),
      )
      expect(said).toEqual(expect.arrayContaining(lines))
    }
  })
})
