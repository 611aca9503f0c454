import { honouredCodeowners } from '../snapshot/files/codeowners.ts'
import { claimOnPath } from '../snapshot/ownership.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import type { Policy, Waiver } from './policy.ts'
import { type ControlChange, changedControls, type RepositoryChange } from './preview.ts'
import { settingsPath } from './repository-settings.ts'
import type { Verdict } from './verdict.ts'

/** What a change does to all repositories together. Of names only the first are kept: 10,000 of them are nobody's reading. */
export interface Preview {
  /** Repositories that were judged, without archived ones: nothing is told there. */
  judged: number
  archived: number
  /** Repositories of which there is no snapshot, or one of an older version. */
  notLookedAt: number
  /** When the snapshots were taken, ISO 8601; absent when there are none. */
  oldest?: string
  newest?: string
  /** Repositories whose conclusion is another. */
  changed: number
  /** Repositories in which something newly fails, by the strictest level of it. */
  fails: { enforce: Names; advise: Names }
  /** Repositories in which something no longer fails, and nothing newly does. */
  fixed: Names
  /** Repositories in which something newly can't be decided although all of it was read. */
  unknown: Names
  /** Those that can't be decided before more is read, and what. */
  unread: { repositories: Names; what: Map<string, number> }
  controls: ControlPreview[]
  /** Owners of repositories in which something newly fails, the most repositories first. */
  owners: { name: string; repositories: number; enforced: number }[]
  issues: { open: number; close: number }
  waivers: WaiverCoverage[]
  /** What the new policy's own dates bring on top of what it says today. */
  dates: { date: string; fails: Names }[]
  /** Conditions took so long that the rest was not judged. */
  stopped?: true
}

export interface Names {
  count: number
  first: string[]
}

/** One control at one level. */
export interface ControlPreview {
  id: string
  title: string
  level: ControlChange['level']
  fails: Names
  fixed: Names
  unknown: Names
  /** Issues that open where it newly fails. */
  issues: number
  /** Owners of the repositories in which it newly fails. */
  owners: Map<string, number>
}

export interface WaiverCoverage {
  waiver: Waiver
  /** Repositories in which it excuses a failure or an unknown. */
  covers: Names
}

const mostNames = 20

/** Sums up changes one after the other, so that none has to be kept. */
export const summingUp = (after: Policy | undefined, dates: readonly string[]) => {
  const preview: Preview = {
    judged: 0,
    archived: 0,
    notLookedAt: 0,
    changed: 0,
    fails: { enforce: noNames(), advise: noNames() },
    fixed: noNames(),
    unknown: noNames(),
    unread: { repositories: noNames(), what: new Map() },
    controls: [],
    owners: [],
    issues: { open: 0, close: 0 },
    waivers: (after?.waivers ?? []).map(waiver => ({ waiver, covers: noNames() })),
    dates: dates.map(date => ({ date, fails: noNames() })),
  }
  const controls = new Map<string, ControlPreview>()
  const owners = new Map<string, { repositories: number; enforced: number }>()
  const waivers = new Map(preview.waivers.map(coverage => [waiverKey(coverage.waiver), coverage]))

  const addControl = (change: ControlChange, name: string, owner: string, opensIssue: boolean): void => {
    const key = `${change.id} ${change.level}`
    const control = controls.get(key) ?? newControl(change)
    controls.set(key, control)
    addName(control[change.change], name)
    if (change.change !== 'fails') return
    control.owners.set(owner, (control.owners.get(owner) ?? 0) + 1)
    if (opensIssue && change.level === 'enforce') control.issues++
  }

  return {
    add: (change: RepositoryChange): void => {
      const { snapshot, before, after: is } = change
      const { name } = snapshot.repository
      preview.oldest = earlier(preview.oldest, snapshot.takenAt)
      preview.newest = later(preview.newest, snapshot.takenAt)
      if (isArchived(snapshot)) {
        preview.archived++
        return
      }
      preview.judged++
      if (!is) return
      if (before?.conclusion !== is.conclusion) preview.changed++
      countWaivers(is, name, waivers)
      countDates(change, preview.dates)
      const isUnread = isToBeRead(change)
      const told = isUnread ? change.controls.filter(control => !isUnknown(control)) : change.controls
      if (isUnread) addUnread(preview.unread, name, change)
      if (told.length === 0 && before?.conclusion === is.conclusion) return

      const owner = told.some(isFailure) ? ownerOf(snapshot) : 'nobody'
      const issue = issueChange(change)
      if (issue) preview.issues[issue]++
      for (const control of told) addControl(control, name, owner, issue === 'open')
      const level = told.some(control => isFailure(control) && control.level === 'enforce')
        ? 'enforce'
        : 'advise'
      if (told.some(isFailure)) {
        addName(preview.fails[level], name)
        const counted = owners.get(owner) ?? { repositories: 0, enforced: 0 }
        counted.repositories++
        if (level === 'enforce') counted.enforced++
        owners.set(owner, counted)
      } else if (told.some(control => control.change === 'fixed')) addName(preview.fixed, name)
      if (told.some(isUnknown)) addName(preview.unknown, name)
    },
    /** `known` is how many repositories there are, with a snapshot or without. */
    result: (known: number, stopped?: 'stopped'): Preview => ({
      ...preview,
      ...(stopped ? { stopped: true } : {}),
      notLookedAt: Math.max(0, known - preview.judged - preview.archived),
      controls: [...controls.values()].sort(
        (a, b) =>
          Number(b.level === 'enforce') - Number(a.level === 'enforce') ||
          b.fails.count - a.fails.count ||
          compare(a.id, b.id),
      ),
      owners: [...owners]
        .map(([name, counted]) => ({ name, ...counted }))
        .sort((a, b) => b.repositories - a.repositories || compare(a.name, b.name)),
    }),
  }
}

/** How many repositories newly fail, which is what `preview: { fail-above }` limits. Advice counts: it is work all the same. */
export const newlyFailing = ({ fails }: Preview): number => fails.enforce.count + fails.advise.count

const noNames = (): Names => ({ count: 0, first: [] })

const addName = (names: Names, name: string): void => {
  names.count++
  if (names.first.length < mostNames) names.first.push(name)
}

const newControl = ({ id, title, level }: ControlChange): ControlPreview => ({
  id,
  title,
  level,
  fails: noNames(),
  fixed: noNames(),
  unknown: noNames(),
  issues: 0,
  owners: new Map(),
})

/** What is missing may decide something. Nothing shows that of a repository's own settings: they may make any rule stricter. */
export const isToBeRead = ({ missing, controls }: RepositoryChange): boolean =>
  missing !== undefined && (controls.some(isUnknown) || missing.files.includes(settingsPath))

const isFailure = ({ change }: ControlChange): boolean => change === 'fails'
const isUnknown = ({ change }: ControlChange): boolean => change === 'unknown'

const isArchived = ({ facts }: Snapshot): boolean => facts.metadata.known && facts.metadata.value.isArchived

const addUnread = (unread: Preview['unread'], name: string, { missing }: RepositoryChange): void => {
  addName(unread.repositories, name)
  if (!missing) return
  for (const what of [
    ...missing.files,
    ...missing.facts.map(fact => `the fact ${fact}`),
    ...(missing.tree ? ['the list of files'] : []),
  ])
    unread.what.set(what, (unread.what.get(what) ?? 0) + 1)
}

/** One issue a repository, where it may have issues: as the issue is planned when the change is in force. */
export const issueChange = ({ before, after, byIssue }: RepositoryChange): 'open' | 'close' | undefined => {
  if (!after) return undefined
  const was = byIssue.before && hasEnforcedFailure(before)
  const is = byIssue.after && hasEnforcedFailure(after)
  return was === is ? undefined : is ? 'open' : 'close'
}

const hasEnforcedFailure = (verdict: Verdict | undefined): boolean =>
  verdict?.controls.some(({ status, level }) => status === 'fail' && level === 'enforce') ?? false

const countWaivers = (
  { controls }: Verdict,
  name: string,
  waivers: ReadonlyMap<string, WaiverCoverage>,
): void => {
  if (waivers.size === 0) return
  for (const { id, waiver } of controls) {
    const coverage = waiver && waivers.get(waiverKey({ control: id, ...waiver }))
    if (coverage) addName(coverage.covers, name)
  }
}

const waiverKey = ({ control, source, until }: Pick<Waiver, 'control' | 'source' | 'until'>): string =>
  JSON.stringify([control, source.path, source.line, until])

const countDates = ({ snapshot, after, later: dates }: RepositoryChange, counted: Preview['dates']): void => {
  let before = after
  for (const [index, { verdict }] of dates.entries()) {
    const day = counted[index]
    if (day && changedControls(before, verdict).some(isFailure)) addName(day.fails, snapshot.repository.name)
    before = verdict
  }
}

/** Who is asked first: the owner of its first entity, else of the files at its root, by CODEOWNERS. */
export const ownerOf = (snapshot: Snapshot): string => {
  const owner = snapshot.entities.find(entity => entity.owner)?.owner
  if (owner) return (owner.ref ?? owner.text).toLowerCase().replace(/^(group|user):(default\/)?/, '')
  const codeowners = honouredCodeowners(snapshot.files)
  const [first] =
    (codeowners.known && codeowners.value && claimOnPath(codeowners.value, 'README.md')?.owners) || []
  return first ? first.toLowerCase().replace(/^@([^/]+\/)?/, '') : 'nobody'
}

const earlier = (a: string | undefined, b: string): string => (a === undefined || b < a ? b : a)
const later = (a: string | undefined, b: string): string => (a === undefined || b > a ? b : a)
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
