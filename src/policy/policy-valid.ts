import {
  type Control,
  failIfAny,
  notApplicable,
  type Outcome,
  pass,
  undecided,
  unreadableFile,
} from '../controls/control.ts'
import { file, type Snapshot } from '../snapshot/snapshot.ts'
import { parsePolicy } from './parse.ts'
import type { Policy, PolicyFile } from './policy.ts'
import { policyValid } from './reserved.ts'

export const mainPolicyFile = 'golden-path.yml'
const furtherFiles = 'golden-path/*.yml'
const misnamed = 'golden-path.yaml'

/** Whether a path of the policy repository is a part of the policy. */
export const isPolicyPath = (path: string): boolean =>
  path === mainPolicyFile || /^golden-path\/[^/]+\.yml$/.test(path)

/** The control of the policy repository itself: a policy that does not parse fails there, with line and column. */
export const policyValidControl = (options: {
  library: ReadonlyMap<string, Control>
  /** Of the policy that stays in force meanwhile. */
  inForce?: string
}): Control => ({
  id: policyValid,
  title: 'Policy parses',
  why: 'A policy that does not parse changes nothing, so a mistake in it must be seen where it is made.',
  satisfies: {},
  reads: { files: [mainPolicyFile, furtherFiles, misnamed], facts: [] },
  check: snapshot => {
    const read = policyFiles(snapshot)
    if ('outcome' in read) return read.outcome
    if (read.files.length === 0) return notApplicable(`There is no ${mainPolicyFile} here.`)
    const parsed = parsePolicy(read.files, { version: snapshot.target.sha, library: options.library })
    const meanwhile = options.inForce
      ? `; until then the policy of ${options.inForce.slice(0, 7)} stays in force`
      : ''
    const findings = parsed.problems.map(({ path, line, column, message }) => ({
      message,
      location: { path, line, column },
      next: `Correct ${path}:${line}:${column}${meanwhile}`,
    }))
    return failIfAny(findings, () => pass(parsed.ok ? inWords(parsed.policy) : 'The policy parses.'))
  },
})

const inWords = ({ rules, waivers }: Policy): string =>
  `The policy parses: ${rules.length} ${rules.length === 1 ? 'rule' : 'rules'}, ${waivers.length} ${waivers.length === 1 ? 'waiver' : 'waivers'}.`

/** Every file of the policy, or why they can't all be read: half a policy would be another policy. */
export const policyFiles = (snapshot: Snapshot): { files: PolicyFile[] } | { outcome: Outcome } => {
  if (!snapshot.tree.known)
    return { outcome: undecided(`The policy's files can't be listed: ${snapshot.tree.detail}.`) }
  const further = snapshot.tree.value.filter(entry => entry.type !== 'tree' && isPolicyPath(entry.path))
  const files: PolicyFile[] = []
  for (const path of new Set([mainPolicyFile, ...further.map(entry => entry.path)])) {
    const fact = file(snapshot, path)
    if (!fact.known) return { outcome: unreadableFile(path, fact) }
    if (fact.value.exists) files.push({ path, text: fact.value.text })
  }
  const wrong = snapshot.files[misnamed]
  if (files[0]?.path !== mainPolicyFile && wrong?.known && wrong.value.exists) {
    const message = `The policy is in ${misnamed}, which is not read. Expected ${mainPolicyFile}.`
    const finding = { message, location: { path: misnamed, line: 1 }, next: `Rename it to ${mainPolicyFile}` }
    return { outcome: { status: 'fail', findings: [finding] } }
  }
  return { files }
}

/** The policy for the policy repository: what holds for every repository, and the check of the policy itself. */
export const withPolicyCheck = (
  policy: Policy | undefined,
  library: ReadonlyMap<string, Control>,
): Policy => {
  const control = policyValidControl({ library, ...(policy ? { inForce: policy.version } : {}) })
  return {
    version: policy?.version ?? 'built-in',
    rules: [
      ...(policy?.rules ?? []),
      {
        source: { name: 'The policy parses', path: mainPolicyFile, line: 1 },
        selector: {},
        require: [{ control: control.id, level: 'enforce', parameters: {}, line: 1 }],
      },
    ],
    controls: new Map([...(policy?.controls ?? library), [control.id, control]]),
    waivers: policy?.waivers ?? [],
  }
}
