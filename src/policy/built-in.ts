import { builtInControls } from '../controls/index.ts'
import { parsePolicy } from './parse.ts'
import type { Policy, ReadPlan } from './policy.ts'
import { inOneQuery, readsOf } from './reads.ts'

/**
 * What is asked where no policy is given: on the command line. Enforced is what is broken by anybody's measure;
 * advised is what a team may have reasons not to want.
 */
export const builtInPolicyText = `version: 1
rules:
  - name: Baseline
    require:
      catalog-info-valid: enforce
      owner-exists: enforce
      codeowners-valid: enforce
      ownership-agrees: advise
      template-controls: advise
      template-contract: advise
      template-current: observe
      default-branch-protected: advise
      techdocs: observe
`

const parseBuiltIn = (): Policy => {
  const files = [{ path: 'built-in.yml', text: builtInPolicyText }]
  const parsed = parsePolicy(files, { version: 'built-in', library: builtInControls })
  if (parsed.ok) return parsed.policy
  throw new Error(`The built-in policy does not parse: ${parsed.problems[0]?.message}`)
}

export const builtInPolicy: Policy = parseBuiltIn()

/**
 * What any built-in control reads and one query brings: looked at before there is a policy, so that one can be tried on what
 * is known. The rest would be ten requests a repository for nobody; a preview reads what it needs of that.
 */
export const builtInReads: ReadPlan = inOneQuery(readsOf([...builtInControls.values()]))
