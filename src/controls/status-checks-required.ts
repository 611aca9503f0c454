import { listed, plain, quoted } from '../snapshot/quoted-text.ts'
import type { Protection } from '../snapshot/snapshot.ts'
import type { Control, Finding } from './control.ts'
import { failIfAny, pass } from './control.ts'
import { evidenceOf } from './evidence.ts'
import { bounded } from './support/bounded.ts'
import { guardedBranch, underRulesets } from './support/guarded-branch.ts'
import { given, names, yesOrNo } from './support/parameter.ts'
import { rulesets, settingFix } from './support/setting-fix.ts'

const messages = {
  none: (branch: string): string =>
    `${branch} takes changes whatever their checks say: none is required. Expected at least one.`,
  missing: (branch: string, name: string, required: string): string =>
    `${branch} doesn't require the check ${quoted(name)}${required ? `, only ${required}` : ''}. Expected it among the required ones.`,
  anybody: (name: string): string =>
    `The check ${quoted(name)} may be reported by anybody who can write. Expected the app that runs it to be named.`,
}

const checks = names([], 'names of checks as GitHub shows them, such as [test]')
const fromApp = yesOrNo(false)

const byFix = 'A rule of the repository holds a change back until its checks pass.'

export const statusChecksRequired: Control = {
  id: 'status-checks-required',
  title: 'Status checks required',
  why: 'A test that may fail without stopping the change protects nobody.',
  satisfies: evidenceOf('status-checks-required'),
  reads: { files: [], facts: ['protection', 'metadata'] },
  parameters: { checks, 'from-app': fromApp },
  check: (snapshot, context) => {
    const { metadata, protection } = snapshot.facts
    const guarded = guardedBranch(metadata, protection)
    if ('status' in guarded) return guarded
    const { branch } = guarded
    const { requiredChecks: required, requiredWorkflows: workflows = [] } = guarded.protection
    const asked = given(context, 'checks', checks)
    const findings = missing(branch, required, workflows, asked)
    if (given(context, 'from-app', fromApp)) findings.push(...reportableByAnybody(branch, required, asked))
    return failIfAny(bounded(findings), () => pass(`${branch} requires ${shown(required, workflows)}.`))
  },
  fix: (snapshot, context) => settingFix(statusChecksRequired.check(snapshot, context), rulesets, byFix),
}

const missing = (
  branch: string,
  required: Protection['requiredChecks'],
  workflows: readonly string[],
  asked: readonly string[],
): Finding[] => {
  if (required.length + workflows.length === 0 && asked.length === 0)
    return [
      {
        message: messages.none(branch),
        next: `Require the checks that must pass before ${branch} changes, ${underRulesets}`,
      },
    ]
  const contexts = new Set(required.map(({ context }) => context))
  return asked
    .filter(name => !contexts.has(name))
    .map(name => ({
      message: messages.missing(branch, name, shown(required, workflows)),
      next: `Add ${quoted(name)} to the required status checks of ${branch}, ${underRulesets}`,
    }))
}

/** A status that no app is named for can be set by every token that may write statuses. */
const reportableByAnybody = (
  branch: string,
  required: Protection['requiredChecks'],
  asked: readonly string[],
): Finding[] =>
  required
    .filter(({ context, appId }) => appId === undefined && (asked.length === 0 || asked.includes(context)))
    .map(({ context }) => ({
      message: messages.anybody(context),
      next: `Choose the source of ${quoted(context)} in the required status checks of ${branch}, ${underRulesets}`,
    }))

const shown = (required: Protection['requiredChecks'], workflows: readonly string[]): string =>
  listed(
    [
      ...new Set([
        ...required.map(({ context }) => plain(context)),
        ...workflows.map(path => `the workflow ${plain(path)}`),
      ]),
    ],
    4,
  )
