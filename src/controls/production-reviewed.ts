import { glob } from '../snapshot/files/linear-glob.ts'
import { listed, plain, quoted } from '../snapshot/quoted-text.ts'
import type { Environment } from '../snapshot/snapshot.ts'
import type { Control, Finding } from './control.ts'
import { failIfAny, notApplicable, pass, undecided } from './control.ts'
import { evidenceOf } from './evidence.ts'
import { archived, isArchived } from './support/archived.ts'
import { bounded } from './support/bounded.ts'
import { given, names, type Typed, wholeNumber, yesOrNo } from './support/parameter.ts'
import { environmentsPage, settingFix } from './support/setting-fix.ts'

const messages = {
  none: (asked: readonly string[]): string =>
    `There is no deployment environment called ${either(asked.map(plain))}: nothing is deployed to production from here, as far as GitHub knows.`,
  reviewers: (name: string, asked: number): string =>
    `Nobody has to approve a deployment to ${quoted(name)}. Expected ${reviewers(asked)}.`,
  fewer: (name: string, found: number, asked: number): string =>
    `${quoted(name)} names ${reviewers(found)}. Expected ${asked}.`,
  self: (name: string): string =>
    `Whoever starts a deployment to ${quoted(name)} may approve it. Expected somebody else to.`,
  anyBranch: (name: string): string =>
    `Any branch can be deployed to ${quoted(name)}. Expected only protected or chosen ones.`,
}

const environments: Typed<readonly string[]> = {
  ...names(['production', 'prod', 'live'], 'names of environments, which may be globs such as prod-*'),
  accepts: (value): value is readonly string[] =>
    Array.isArray(value) && value.length > 0 && value.every(isGlob),
}
// GitHub takes up to six people or teams, of whom one has to approve.
const asked = wholeNumber(1, 0, 6)
const preventSelf = yesOrNo(true)

const byFix = 'GitHub then waits with a deployment until somebody else approves it.'

export const productionReviewed: Control = {
  id: 'production-reviewed',
  title: 'Production deployments reviewed',
  why: 'No one person alone should be able to write a change and put it in front of customers.',
  satisfies: evidenceOf('production-reviewed'),
  reads: { files: [], facts: ['environments', 'metadata'] },
  parameters: { environments, reviewers: asked, 'prevent-self-review': preventSelf },
  check: (snapshot, context) => {
    const { metadata, environments: fact } = snapshot.facts
    if (isArchived(metadata)) return notApplicable(archived)
    if (!fact.known) return undecided(`${fact.detail}.`)
    const patterns = given(context, 'environments', environments)
    const matchers = patterns.map(pattern => glob(pattern, { ignoreCase: true }))
    const production = fact.value.filter(({ name }) => matchers.some(matches => matches(name)))
    if (production.length === 0) return notApplicable(messages.none(patterns))
    const wanted = {
      reviewers: given(context, 'reviewers', asked),
      preventSelf: given(context, 'prevent-self-review', preventSelf),
    }
    const findings = production.flatMap(environment => unguarded(environment, wanted))
    return failIfAny(bounded(findings), () => {
      const shown = listed(
        production.map(({ name }) => plain(name)),
        3,
      )
      const from = production.every(({ branches }) => branches === 'protected') ? 'protected' : 'chosen'
      return pass(
        wanted.reviewers > 0
          ? `A deployment to ${shown} must be approved, and comes only from ${from} branches.`
          : `A deployment to ${shown} comes only from ${from} branches.`,
      )
    })
  },
  fix: (snapshot, context) =>
    settingFix(productionReviewed.check(snapshot, context), environmentsPage, byFix),
}

const unguarded = (
  { name, requiredReviewers, preventsSelfReview, branches }: Environment,
  wanted: { reviewers: number; preventSelf: boolean },
): Finding[] => {
  const where = `under Settings, Environments, ${plain(name)}`
  const findings: Finding[] = []
  if (requiredReviewers < wanted.reviewers)
    findings.push({
      message:
        requiredReviewers === 0
          ? messages.reviewers(name, wanted.reviewers)
          : messages.fewer(name, requiredReviewers, wanted.reviewers),
      next: `Add required reviewers, ${where}`,
    })
  if (requiredReviewers > 0 && wanted.preventSelf && !preventsSelfReview)
    findings.push({ message: messages.self(name), next: `Tick "Prevent self-review", ${where}` })
  if (branches === 'all')
    findings.push({
      message: messages.anyBranch(name),
      next: `Choose "Protected branches only" as deployment branches, ${where}`,
    })
  return findings
}

const isGlob = (value: unknown): boolean => {
  if (typeof value !== 'string' || value.trim() === '') return false
  try {
    glob(value, { ignoreCase: true })
    return true
  } catch {
    return false
  }
}

/** `production, prod or live`; a policy may name more than anybody reads. */
const either = (all: readonly string[]): string => {
  const shown = all.length > 4 ? [...all.slice(0, 4), `${all.length - 4} more`] : all
  return shown.length < 2 ? (shown[0] ?? '') : `${shown.slice(0, -1).join(', ')} or ${shown.at(-1)}`
}

const reviewers = (count: number): string => (count === 1 ? '1 reviewer' : `${count} reviewers`)
