import type { Control } from '../controls/control.ts'
import { packOf } from '../controls/packs.ts'
import { listed } from '../snapshot/quoted-text.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import { evaluate } from './evaluate.ts'
import { parsePolicy } from './parse.ts'
import type { Policy } from './policy.ts'
import { mainPolicyFile } from './policy-valid.ts'
import type { Level } from './verdict.ts'

/** How the repositories that were seen stand to one control. */
export interface Surveyed {
  id: string
  title: string
  pass: number
  fail: number
  unknown: number
  /** Names of the first that fail, as GitHub tells them; none where they are not to be told. */
  failing: string[]
}

export interface Survey {
  /** Repositories that a starter policy is for: neither archived, nor a fork, nor that of the policy, which has checks of its own. */
  judged: number
  controls: Surveyed[]
}

export interface Starter {
  /** `golden-path.yml`, whole. It parses, and nothing that it enforces fails anywhere that was seen. */
  text: string
  /** What it asks for, the strictest level first, then the fewest failing. */
  controls: (Surveyed & { level: Level })[]
  /** What nothing that was seen decides. */
  left: Surveyed[]
  judged: number
  /** Repositories that were seen, and all there are. */
  seen: number
  known: number
}

const mostNames = 5

/** Asks every control of the baseline of one repository after the other; keeps numbers and the first names. */
export const surveying = (library: ReadonlyMap<string, Control>, policyRepository: string) => {
  const ids = (packOf('baseline')?.controls ?? []).filter(id => library.has(id))
  const policy = everythingObserved(ids, library, policyRepository)
  const controls = new Map(
    ids.map(id => [
      id,
      { id, title: library.get(id)?.title ?? id, pass: 0, fail: 0, unknown: 0, failing: [] as string[] },
    ]),
  )
  let judged = 0
  return {
    add: (snapshot: Snapshot, now: Date): void => {
      const { metadata } = snapshot.facts
      if (metadata.known && (metadata.value.isArchived || metadata.value.isFork)) return
      if (snapshot.repository.name.toLowerCase() === policyRepository.toLowerCase()) return
      judged++
      for (const { id, status } of evaluate(snapshot, policy, now).controls) {
        const counted = controls.get(id)
        if (!counted || status === 'not-applicable' || status === 'waived') continue
        counted[status]++
        if (status !== 'fail') continue
        if (counted.failing.length < mostNames) counted.failing.push(snapshot.repository.name)
      }
    },
    result: (): Survey => ({ judged, controls: [...controls.values()] }),
  }
}

const everythingObserved = (
  ids: readonly string[],
  library: ReadonlyMap<string, Control>,
  policyRepository: string,
): Policy => {
  const text = [...head(policyRepository), ...ids.map(id => `      ${id}: observe`), ''].join('\n')
  return parsedOrThrow(text, library)
}

const head = (policyRepository: string): string[] => [
  'version: 1',
  '',
  'rules:',
  '  - name: Every repository',
  `    for: { not: { any: [{ archived: true }, { fork: true }, { names: ${JSON.stringify(safe(policyRepository))} }] } }`,
  '    require:',
]

export interface StarterContext {
  library: ReadonlyMap<string, Control>
  /** The organisation's login. */
  account: string
  /** Its name, without the owner. */
  policyRepository: string
  seen: number
  known: number
  /** Everybody reads what is written there: then nothing says which repository is weak, or that there is one of that name. */
  isPublic: boolean
  now: Date
}

/** `undefined` when nothing that was seen decides any control. */
export const starterOf = (survey: Survey, context: StarterContext): Starter | undefined => {
  const { library, seen, known, isPublic } = context
  const unseen = Math.max(0, known - seen)
  const isDecided = ({ pass, fail }: Surveyed): boolean => pass + fail > 0
  const controls = survey.controls
    .filter(isDecided)
    .map(each => ({
      ...each,
      level: levelOf(each, survey.judged, unseen, library.get(each.id)),
      failing: isPublic ? [] : each.failing,
    }))
    .sort((one, other) => strictness[other.level] - strictness[one.level] || one.fail - other.fail)
  if (controls.length === 0) return undefined
  const starter = {
    controls,
    left: survey.controls.filter(each => !isDecided(each)),
    judged: survey.judged,
    seen,
    known,
  }
  const text = textOf(starter, context)
  parsedOrThrow(text, library)
  return { ...starter, text }
}

const strictness: Record<Level, number> = { enforce: 2, advise: 1, observe: 0 }

/**
 * The strictest level that blocks nobody today. What can't be told somewhere may fail there tomorrow, so it is not enforced
 * either; nor is anything while a repository was not seen at all. `advise` marks lines in every check of a repository that fails: it is for what one in ten has left to do at most, so
 * that the day of the merge is no flood; everything else is only recorded. What judges by signs is never enforced without a
 * person's word.
 */
const levelOf = (
  { fail, unknown }: Surveyed,
  judged: number,
  unseen: number,
  control: Control | undefined,
): Level => {
  if (fail + unknown + unseen === 0) return control?.heuristic || control?.onlyAdvises ? 'advise' : 'enforce'
  return fail + unknown <= Math.max(1, judged / 10) ? 'advise' : 'observe'
}

/** What is to be raised first: what the fewest have left to do. */
export const nextToTighten = ({ controls }: Pick<Starter, 'controls'>): Starter['controls'] =>
  controls
    .filter(({ level, fail }) => level !== 'enforce' && fail > 0)
    .sort((one, other) => one.fail - other.fail || one.unknown - other.unknown)

const textOf = (
  starter: Omit<Starter, 'text'>,
  { account, policyRepository, now }: StarterContext,
): string => {
  const { controls, left, judged, seen, known } = starter
  const width = Math.max(...controls.map(({ id, level }) => id.length + level.length)) + 2
  const next = nextToTighten(starter).map(
    ({ id, fail, failing }, index) => `#   ${index + 1}. ${id}: ${fails(fail)}${names(failing, fail)}`,
  )
  return [
    `# A first policy for ${safe(account)}, drawn by Golden Path on ${now.toISOString().slice(0, 10)} from ${seen} of ${known} repositories.`,
    `# It is for ${judged} of them: archived repositories, forks and ${safe(policyRepository)} are left out.`,
    '#',
    '# No level here blocks anybody today. enforce (fails the check) stands where every repository passes, advise (says so,',
    '# blocks nothing) where at most one in ten does not, or just one, observe (recorded, told to nobody) for the rest.',
    ...(seen < known
      ? [`# Nothing is enforced yet: ${unseenHave(known - seen)} not been seen, and may fail.`]
      : []),
    ...(next.length > 0
      ? [
          '#',
          '# To tighten first, the fewest failing first. Raise one level in a pull request: its check shows who would newly fail.',
          ...next,
        ]
      : []),
    '',
    ...head(policyRepository),
    ...controls.map(({ id, level, pass, fail, unknown }) => {
      const line = `      ${id}: ${level}`
      return `${line.padEnd(width + 7)} # ${pass} pass, ${fail} fail, ${unknown} can't be told`
    }),
    ...(left.length > 0
      ? [
          '',
          '# Not asked for, since nothing that was seen decides it. Ask for it in a pull request: its check reads what is missing.',
          ...left.map(
            ({ id, unknown }) =>
              `#   ${id}: ${unknown > 0 ? `can't be told in ${unknown} yet` : 'applies to no repository'}`,
          ),
        ]
      : []),
    '',
  ].join('\n')
}

export const unseenHave = (unseen: number): string =>
  unseen === 1 ? 'one repository has' : `${unseen} repositories have`

export const fails = (count: number): string =>
  count === 1 ? '1 repository fails' : `${count} repositories fail`

const names = (failing: readonly string[], count: number): string => {
  const shown = failing.map(safe)
  if (shown.length === 0) return ''
  return ` (${listed(count > shown.length ? [...shown, `${count - shown.length} more`] : shown, mostNames + 1)})`
}

/** GitHub allows no other letters in a name; in a comment of YAML none of these can end it. */
const safe = (name: string): string => name.slice(0, 100).replace(/[^\w.-]/g, '?')

const parsedOrThrow = (text: string, library: ReadonlyMap<string, Control>): Policy => {
  const parsed = parsePolicy([{ path: mainPolicyFile, text }], { version: 'starter', library })
  if (parsed.ok) return parsed.policy
  throw new Error(`The starter policy does not parse: ${parsed.problems[0]?.message}`)
}
