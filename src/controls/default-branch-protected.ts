import { listed, plain } from '../snapshot/quoted-text.ts'
import type { Protection } from '../snapshot/snapshot.ts'
import type { Control, Finding } from './control.ts'
import { failIfAny, notApplicable, pass, undecided } from './control.ts'
import { evidenceOf } from './evidence.ts'
import { rulesets, settingFix } from './support/setting-fix.ts'

const where = 'Settings, Rules, Rulesets'

const messages = {
  empty: 'The repository has no commit, and so no default branch to protect.',
  pullRequest: (branch: string): string =>
    `Anybody who may write can push to ${branch} without a pull request. Expected a pull request for every change.`,
  approvals: (branch: string, found: number, asked: number): string =>
    `${branch} asks for ${count(found)} of a pull request. Expected ${count(asked)}.`,
  forcePush: (branch: string): string =>
    `${branch} can be force-pushed, which rewrites history. Expected that to be blocked.`,
  deletion: (branch: string): string => `${branch} can be deleted. Expected that to be blocked.`,
}

const byFix = 'A rule of the repository keeps every change of the default branch to pull requests.'

export const defaultBranchProtected: Control = {
  id: 'default-branch-protected',
  title: 'Default branch protected',
  why: 'What runs in production comes from this branch: a change nobody else saw must not get there.',
  satisfies: evidenceOf('default-branch-protected'),
  reads: { files: [], facts: ['protection', 'metadata'] },
  parameters: {
    approvals: {
      default: 1,
      expects: 'a whole number from 0 to 6',
      accepts: value => typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 6,
    },
  },
  check: (snapshot, context) => {
    const { metadata, protection } = snapshot.facts
    if (metadata.known && metadata.value.isEmpty) return notApplicable(messages.empty)
    if (!protection.known) return undecided(`${protection.detail}.`)
    const branch = plain((metadata.known && metadata.value.defaultBranch) || 'The default branch')
    const asked = typeof context.parameters.approvals === 'number' ? context.parameters.approvals : 1
    const findings = missing(protection.value, branch, asked)
    return failIfAny(findings, () => {
      const sources = listed(protection.value.sources.map(plain), 3)
      return pass(
        `${branch} takes changes by pull request with ${count(protection.value.requiredApprovals)}${sources ? ` (${sources})` : ''}.`,
      )
    })
  },
  fix: (snapshot, context) => settingFix(defaultBranchProtected.check(snapshot, context), rulesets, byFix),
}

const missing = (protection: Protection, branch: string, asked: number): Finding[] => {
  const findings: Finding[] = []
  if (!protection.requiresPullRequest)
    findings.push({
      message: messages.pullRequest(branch),
      next: `Require a pull request${asked > 0 ? ` with ${count(asked)}` : ''} for ${branch}, under ${where}`,
    })
  else if (protection.requiredApprovals < asked)
    findings.push({
      message: messages.approvals(branch, protection.requiredApprovals, asked),
      next: `Require ${count(asked)}, under ${where}`,
    })
  if (!protection.blocksForcePush)
    findings.push({ message: messages.forcePush(branch), next: `Block force pushes, under ${where}` })
  if (!protection.blocksDeletion)
    findings.push({ message: messages.deletion(branch), next: `Restrict deletions, under ${where}` })
  return findings
}

const count = (approvals: number): string =>
  approvals === 0 ? 'no approval' : approvals === 1 ? '1 approval' : `${approvals} approvals`
