import type { Control, Finding } from './control.ts'
import { failIfAny, pass } from './control.ts'
import { evidenceOf } from './evidence.ts'
import { guardedBranch, underRulesets } from './support/guarded-branch.ts'
import { rulesets, settingFix } from './support/setting-fix.ts'

const messages = {
  unreviewed: (branch: string): string =>
    `A change of ${branch} needs no approval of those whom CODEOWNERS names. Expected one for each owned file that changes.`,
  direct: (branch: string): string =>
    `${branch} takes changes without a pull request, so that nobody named in CODEOWNERS has to see them. Expected a pull request for every change.`,
}

const byFix = 'A rule of the repository holds a change back until its code owners approve.'

export const codeOwnerReview: Control = {
  id: 'code-owner-review',
  title: 'Code owners must approve',
  why: 'Those who answer for a part of the code must have seen what changes in it: CODEOWNERS alone only invites them.',
  satisfies: evidenceOf('code-owner-review'),
  reads: { files: [], facts: ['protection', 'metadata'] },
  check: snapshot => {
    const { metadata, protection } = snapshot.facts
    const guarded = guardedBranch(metadata, protection)
    if ('status' in guarded) return guarded
    const { branch } = guarded
    const findings: Finding[] = []
    if (!guarded.protection.requiresPullRequest)
      findings.push({
        message: messages.direct(branch),
        next: `Require a pull request for ${branch}, ${underRulesets}`,
      })
    if (!guarded.protection.requiresCodeOwnerReview)
      findings.push({
        message: messages.unreviewed(branch),
        next: `Tick "Require review from Code Owners" for ${branch}, ${underRulesets}`,
      })
    return failIfAny(findings, () => pass(`A change of ${branch} needs the approval of its code owners.`))
  },
  fix: (snapshot, context) => settingFix(codeOwnerReview.check(snapshot, context), rulesets, byFix),
}
