import type { Control, Reads } from '../controls/control.ts'
import { expandBraces, glob, isTrueGlob } from '../snapshot/files/linear-glob.ts'
import type { Fact, FileState, Snapshot } from '../snapshot/snapshot.ts'
import { type Demanded, everyDemand } from './asked.ts'
import { type CustomControl, isCustom } from './custom-control.ts'
import { dayInWords } from './days.ts'
import type { Policy, Selector } from './policy.ts'
import {
  type RepositorySettings,
  repositorySettings,
  type Setting,
  settingsPath,
} from './repository-settings.ts'
import { repositorySettingsValid } from './reserved.ts'
import type { Selection } from './selection.ts'
import { selects } from './selectors.ts'
import { type Trace, trace } from './trace.ts'
import type { ControlVerdict, Level, RuleSource, Verdict } from './verdict.ts'
import { type ConsideredWaiver, consideredWaivers } from './waivers.ts'

/** Why a verdict says what it says: plain data, repository text in it raw. */
export interface Explanation {
  /** `acme/payments-api` */
  repository: string
  ref: string
  /** Empty when there is no commit. */
  commit: string
  /** ISO 8601: the facts are as of then, but for those that say an earlier time. */
  takenAt: string
  policy: string
  decidedAt: string
  conclusion: Verdict['conclusion']
  controls: ExplainedControl[]
}

export interface ExplainedControl {
  id: string
  title: string
  why: string
  heuristic: boolean
  /** As in the verdict; absent where no rule asks this of the repository. */
  verdict?: ControlVerdict
  /** How it came to be asked at that level, a sentence each. */
  because: string[]
  /** Every rule that names the control, the one that decided first. */
  rules: ConsideredRule[]
  parameters: ParameterInForce[]
  /** Of the organisation's own controls: each expression and its value. Of one that passes only where it is asked for alone. */
  trace?: Trace
  files: ReadFile[]
  facts: ReadFact[]
  waivers: ConsideredWaiver[]
}

export interface ConsideredRule {
  /** The rule by its name, the line by what it asks of the control. */
  rule: RuleSource
  applies: 'yes' | 'no' | 'undecided'
  /** Why not, or what is not known: a sentence's end without a full stop. */
  detail?: string
  /** On that day, when its rollout has reached the repository. */
  level: Level
  /** ISO date on which the level becomes `enforce`, when that is still to come. */
  from?: string
  /** The percentage of a rollout that has not reached this repository. */
  rollout?: number
  /** The pack that brings the control in. */
  pack?: string
  /** Another control, which the rule names and which brings this one along. */
  impliedBy?: string
  /** It is the one that decided. */
  decided: boolean
}

export interface ParameterInForce {
  name: string
  value: unknown
  /** `default`, or the place that sets it: `golden-path.yml:7`. */
  from: string
}

export interface ReadFile {
  path: string
  state: 'there' | 'absent' | 'unknown'
  /** Git's id of its content. */
  oid?: string
  /** Why it is unknown. */
  detail?: string
  source?: string
}

export interface ReadFact {
  name: string
  /** Why it is unknown. */
  detail?: string
  source?: string
  /** ISO 8601. */
  at: string
}

/** What stood behind a verdict on a snapshot under a policy; of one control alone, even one that was not asked for. */
export const explain = (
  snapshot: Snapshot,
  policy: Policy,
  verdict: Verdict,
  controlId?: string,
): Explanation => {
  const today = verdict.decidedAt.slice(0, 10)
  const settings = repositorySettings(policy, snapshot)
  const given: Given = {
    snapshot,
    policy,
    today,
    settings,
    everyDemand: everyDemand(policy, snapshot, today, settings),
    isAlone: controlId !== undefined,
    trace: traceSome(snapshot, today),
  }
  const ids = controlId === undefined ? verdict.controls.map(({ id }) => id) : [controlId]
  return {
    repository: [snapshot.repository.owner, snapshot.repository.name].filter(Boolean).join('/'),
    ref: snapshot.target.ref,
    commit: snapshot.target.sha,
    takenAt: snapshot.takenAt,
    policy: policy.version,
    decidedAt: verdict.decidedAt,
    conclusion: verdict.conclusion,
    controls: ids.flatMap(id => {
      const own = verdict.controls.find(each => each.id === id)
      const control = policy.controls.get(id) ?? own
      return control ? [explained(control, own, given)] : []
    }),
  }
}

interface Given {
  snapshot: Snapshot
  policy: Policy
  today: string
  settings: RepositorySettings
  everyDemand: ReturnType<typeof everyDemand>
  /** One control is asked for. */
  isAlone: boolean
  trace: (control: CustomControl) => Trace
}

/** A policy of expressions that explode would otherwise be waited for at each of them. */
const mostCutOff = 3

const traceSome = (snapshot: Snapshot, today: string): Given['trace'] => {
  let cutOff = 0
  return control => {
    if (cutOff >= mostCutOff) return { control: control.id, cutOff: true, conditions: [] }
    const traced = trace(control, snapshot, today)
    if (traced.cutOff) cutOff += 1
    return traced
  }
}

/** A control, or what its verdict says of one that stands in no policy: that a repository's own settings are right. */
type Explained = Pick<Control, 'id' | 'title' | 'why'> & Partial<Control>

const explained = (
  control: Explained,
  verdict: ControlVerdict | undefined,
  given: Given,
): ExplainedControl => {
  const { snapshot, policy, today } = given
  const rules = considered(control.id, verdict, given)
  const reads = control.reads ?? { files: [], facts: [] }
  return {
    id: control.id,
    title: control.title,
    why: control.why,
    heuristic: control.heuristic ?? false,
    ...(verdict ? { verdict } : {}),
    because: because(verdict, rules),
    rules: rules.map(({ demand: _, ...rule }) => rule),
    parameters: parametersOf(
      control,
      rules.find(rule => rule.decided)?.demand,
      given.settings.settings.get(control.id),
    ),
    ...traced(control.id, verdict, given),
    files: filesOf(reads, snapshot),
    facts: factsOf(reads, snapshot),
    waivers: consideredWaivers(policy, control.id, snapshot.repository.name, today),
  }
}

const traced = (
  id: string,
  verdict: ControlVerdict | undefined,
  { policy, isAlone, trace }: Given,
): Pick<ExplainedControl, 'trace'> => {
  const control = policy.controls.get(id)
  const isQuiet = verdict?.status === 'pass' || verdict?.status === 'not-applicable'
  return control && isCustom(control) && (isAlone || !isQuiet) ? { trace: trace(control) } : {}
}

type Considered = ConsideredRule & { demand: Demanded }

/** What every rule asks of the control, or would ask, and what the repository asks of itself. */
const considered = (
  id: string,
  verdict: ControlVerdict | undefined,
  { snapshot, today, everyDemand: { rules, own } }: Given,
): Considered[] => {
  const byRules = rules.flatMap(({ rule, selection, demands }) =>
    demands
      .filter(demand => demand.control === id)
      .map(demand => ({ demand, ...answered(rule.selector, selection, snapshot, today) })),
  )
  const byItself = own
    .filter(demand => demand.control === id)
    .map(demand => ({ demand, applies: 'yes' as const }))
  const all = [...byRules, ...byItself].map(({ demand, ...answer }): Considered => {
    const { rule, level, enforcedFrom, heldBack, pack, impliedBy } = demand
    return {
      rule,
      ...answer,
      level: heldBack?.level ?? level,
      ...(enforcedFrom === undefined ? {} : { from: enforcedFrom }),
      ...(heldBack ? { rollout: heldBack.rollout } : {}),
      ...(pack === undefined ? {} : { pack }),
      ...(impliedBy === undefined ? {} : { impliedBy }),
      decided: verdict !== undefined && answer.applies !== 'no' && isSame(rule, verdict.rule),
      demand,
    }
  })
  return all.toSorted((a, b) => Number(b.decided) - Number(a.decided))
}

const isSame = (a: RuleSource, b: RuleSource): boolean =>
  a.name === b.name && a.path === b.path && a.line === b.line

const answered = (
  selector: Selector,
  selection: Selection,
  snapshot: Snapshot,
  today: string,
): Pick<ConsideredRule, 'applies' | 'detail'> => {
  if (selection === true) return { applies: 'yes' }
  if (selection !== false) return { applies: 'undecided', detail: selection.undecided }
  // Each part alone: the ones that are no are why.
  const against = Object.entries(selector).filter(
    ([key, value]) => value !== undefined && selects({ [key]: value }, snapshot, today) === false,
  )
  return {
    applies: 'no',
    detail: `it is for ${against.map(([key, value]) => `${key}: ${inBrief(value)}`).join(', and ')}`,
  }
}

const because = (verdict: ControlVerdict | undefined, rules: readonly ConsideredRule[]): string[] => {
  if (!verdict)
    return [rules.length === 0 ? 'No rule names it.' : 'No rule that names it is for this repository.']
  const { rule, level, enforcedFrom, heldBack } = verdict
  const place = `${rule.path}:${rule.line}`
  if (verdict.id === repositorySettingsValid)
    return [`It is asked of every repository that has ${rule.path}.`]
  if (rule.own)
    return [
      `The repository itself asks it of itself at ${level}, in ${place}, stricter than the policy does.`,
    ]
  const others = rules.filter(each => !each.decided && each.applies === 'yes').length
  const decided = rules.find(each => each.decided)
  const sentences = [`The rule "${rule.name}" (${place}) asks it at ${heldBack?.level ?? level}.`]
  if (decided?.impliedBy)
    sentences.push(`It is asked along with ${decided.impliedBy}, which that rule names.`)
  if (decided?.pack) sentences.push(`It comes in by the pack ${decided.pack}.`)
  if (others > 0)
    sentences.push(
      `${others === 1 ? 'One more rule asks' : `${others} more rules ask`} it; the strictest decides.`,
    )
  if (heldBack)
    sentences.push(
      `The rollout has reached ${heldBack.rollout} % of repositories and not yet this one: until then it is only observed.`,
    )
  if (enforcedFrom)
    sentences.push(`It is advice until ${dayInWords(enforcedFrom)}; from that day it is enforced.`)
  if (decided?.applies === 'undecided')
    sentences.push(`Whether that rule is for this repository can't be decided: ${decided.detail}.`)
  return sentences
}

const parametersOf = (
  control: Explained,
  demand: Demanded | undefined,
  setting: Setting | undefined,
): ParameterInForce[] => {
  const given = demand?.parameters ?? {}
  const names = new Set([...Object.keys(control.parameters ?? {}), ...Object.keys(given)])
  return [...names].map(name => {
    if (!demand || !Object.hasOwn(given, name))
      return { name, value: control.parameters?.[name]?.default, from: 'default' }
    const isItsOwn = setting !== undefined && setting.parameters[name] === given[name]
    const from = isItsOwn
      ? `${settingsPath}:${setting.at(name).line}`
      : `${demand.rule.path}:${demand.rule.line}`
    return { name, value: given[name], from }
  })
}

const filesOf = (reads: Reads, snapshot: Snapshot): ReadFile[] => {
  const patterns = reads.files.flatMap(expandBraces)
  const globs = patterns.filter(isTrueGlob).map(pattern => glob(pattern))
  const matching = Object.keys(snapshot.files).filter(path => globs.some(matches => matches(path)))
  const entities = reads.entities ? snapshot.entities.map(({ path }) => path) : []
  const paths = new Set([...patterns.filter(pattern => !isTrueGlob(pattern)), ...matching, ...entities])
  return [...paths]
    .flatMap(path => {
      const fact = snapshot.files[path]
      return fact ? [readFile(path, fact)] : []
    })
    .toSorted((a, b) => byState[a.state] - byState[b.state])
}

const byState: Record<ReadFile['state'], number> = { there: 0, unknown: 1, absent: 2 }

const readFile = (path: string, fact: Fact<FileState>): ReadFile => {
  if (!fact.known) return { path, state: 'unknown', detail: fact.detail }
  if (!fact.value.exists) return { path, state: 'absent', source: fact.source }
  const { oid } = fact.value
  return { path, state: 'there', ...(oid === '' ? {} : { oid }), source: fact.source }
}

const factsOf = (reads: Reads, snapshot: Snapshot): ReadFact[] => {
  const own = reads.facts.map(name => readFact(name, snapshot.facts[name], snapshot))
  const isGlobbing = reads.files.some(isTrueGlob)
  const tree = reads.tree || isGlobbing ? [readFact('list of files', snapshot.tree, snapshot)] : []
  return [...own, ...tree, ...(reads.entities ? aroundEntities(snapshot) : [])]
}

/** What was asked about the names in the entity files, one by one. */
const aroundEntities = (snapshot: Snapshot): ReadFact[] => {
  const facts: [string, Record<string, Fact<unknown>>][] = [
    ['account', snapshot.accounts],
    ['in the catalogue:', snapshot.catalogue],
    ['template', snapshot.templates],
  ]
  return facts.flatMap(([what, byName]) =>
    Object.entries(byName).map(([name, fact]) => readFact(`${what} ${name}`, fact, snapshot)),
  )
}

const readFact = (name: string, fact: Fact<unknown>, { takenAt }: Snapshot): ReadFact =>
  fact.known
    ? { name, source: fact.source, at: fact.at ?? takenAt }
    : { name, detail: fact.detail, at: takenAt }

const briefLimit = 200

/** Text of the policy, as short as a sentence bears it. */
const inBrief = (value: unknown): string => {
  const list = Array.isArray(value) && value.every(each => typeof each === 'string')
  const text = list ? value.join(', ') : typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > briefLimit ? `${text.slice(0, briefLimit)}…` : text
}
