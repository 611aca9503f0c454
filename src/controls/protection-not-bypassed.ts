import { listed, plain, quoted } from '../snapshot/quoted-text.ts'
import type { Control } from './control.ts'
import { fail, failIfAny, pass, undecided } from './control.ts'
import { evidenceOf } from './evidence.ts'
import { bounded } from './support/bounded.ts'
import { guardedBranch, underRulesets } from './support/guarded-branch.ts'
import { given, names } from './support/parameter.ts'
import { rulesets, settingFix } from './support/setting-fix.ts'

const messages = {
  nothing: (branch: string): string =>
    `${branch} has no rule, so that everybody who may write does what rules would forbid. Expected rules that hold for everybody.`,
  bypasses: (who: string, branch: string): string =>
    `${quoted(who)} may pass by the rules of ${branch}. Expected nobody, or only those whom the policy allows.`,
  unseen: (branch: string): string =>
    `Who may pass by the rules of ${branch} can't be seen. GitHub shows it only to an app that may change the rules: grant it "Administration: write", or look ${underRulesets}`,
}

const allowed = names([], 'those who may, as GitHub names them, such as ["role admin", "app renovate"]')

const byFix = 'A rule holds for those who are not on its bypass list.'

export const protectionNotBypassed: Control = {
  id: 'protection-not-bypassed',
  title: 'Protection not bypassed',
  why: 'A rule that some people may pass by is a rule for the others, and the day it matters is the day it is passed by.',
  satisfies: evidenceOf('protection-not-bypassed'),
  reads: { files: [], facts: ['protection', 'metadata'] },
  parameters: { allowed },
  check: (snapshot, context) => {
    const { metadata, protection } = snapshot.facts
    const guarded = guardedBranch(metadata, protection)
    if ('status' in guarded) return guarded
    const { branch } = guarded
    const { sources, bypass } = guarded.protection
    if (sources.length === 0)
      return fail({
        message: messages.nothing(branch),
        next: `Make a ruleset for ${branch} with an empty bypass list, ${underRulesets}`,
      })
    if (!bypass) return undecided(`${messages.unseen(branch)}.`)
    const may = new Set(given(context, 'allowed', allowed).map(who => who.toLowerCase()))
    const others = bypass.filter(who => !may.has(who.toLowerCase()))
    return failIfAny(
      bounded(
        others.map(who => ({
          message: messages.bypasses(who, branch),
          next: `Take ${quoted(who)} off the bypass list of ${listed(sources.map(plain), 3)}, ${underRulesets}`,
        })),
      ),
      () =>
        pass(
          bypass.length === 0
            ? `Nobody may pass by the rules of ${branch}.`
            : `Only ${listed(bypass.map(plain), 3)} may pass by the rules of ${branch}, as the policy allows.`,
        ),
    )
  },
  fix: (snapshot, context) => settingFix(protectionNotBypassed.check(snapshot, context), rulesets, byFix),
}
