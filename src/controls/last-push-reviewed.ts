import type { Control, Finding } from './control.ts'
import { failIfAny, pass } from './control.ts'
import { evidenceOf } from './evidence.ts'
import { guardedBranch, underRulesets } from './support/guarded-branch.ts'
import { rulesets, settingFix } from './support/setting-fix.ts'

const messages = {
  nobody: (branch: string): string =>
    `${branch} takes changes that nobody approved. Expected a pull request with 1 approval, given after its last push.`,
  stale: (branch: string): string =>
    `A pull request to ${branch} that was approved stays approved, whatever is pushed to it afterwards. Expected the last push to be seen, too.`,
  dismissed: (branch: string): string =>
    `A push to a pull request of ${branch} takes earlier approvals away.`,
  another: (branch: string): string =>
    `The last push to a pull request of ${branch} must be approved by somebody else.`,
}

const byFix = 'A rule of the repository takes an approval away when something is pushed after it.'

export const lastPushReviewed: Control = {
  id: 'last-push-reviewed',
  title: 'Last push reviewed',
  why: 'An approval is worth what was there when it was given: one line pushed after it was seen by nobody.',
  satisfies: evidenceOf('last-push-reviewed'),
  reads: { files: [], facts: ['protection', 'metadata'] },
  check: snapshot => {
    const { metadata, protection } = snapshot.facts
    const guarded = guardedBranch(metadata, protection)
    if ('status' in guarded) return guarded
    const { branch } = guarded
    const { requiresPullRequest, requiredApprovals, dismissesStaleReviews, requiresLastPushApproval } =
      guarded.protection
    const findings: Finding[] = []
    if (!requiresPullRequest || requiredApprovals === 0)
      findings.push({
        message: messages.nobody(branch),
        next: `Require a pull request with 1 approval for ${branch}, ${underRulesets}`,
      })
    if (!dismissesStaleReviews && !requiresLastPushApproval)
      findings.push({
        message: messages.stale(branch),
        next: `Tick "Dismiss stale pull request approvals when new commits are pushed" for ${branch}, ${underRulesets}`,
      })
    return failIfAny(findings, () =>
      pass(requiresLastPushApproval ? messages.another(branch) : messages.dismissed(branch)),
    )
  },
  fix: (snapshot, context) => settingFix(lastPushReviewed.check(snapshot, context), rulesets, byFix),
}
