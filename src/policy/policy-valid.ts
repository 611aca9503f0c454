import {
  type Control,
  type Finding,
  fail,
  failIfAny,
  notApplicable,
  type Outcome,
  pass,
  undecided,
  unreadableFile,
} from '../controls/control.ts'
import { file, type Snapshot } from '../snapshot/snapshot.ts'
import { policyDefaults } from './defaults.ts'
import { parsePolicy } from './parse.ts'
import type { Policy, PolicyFile } from './policy.ts'
import { policyValid } from './reserved.ts'
import type { Level } from './verdict.ts'
import { type ReadProposed, waiversAllowedControl, waiversNeededControl } from './waiver-checks.ts'

export const mainPolicyFile = 'golden-path.yml'
const furtherFiles = 'golden-path/*.yml'
const misnamed = 'golden-path.yaml'
const misnamedFurther = 'golden-path/*.yaml'

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
  reads: { files: [mainPolicyFile, furtherFiles, misnamed, misnamedFurther], facts: [] },
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
  if (files[0]?.path !== mainPolicyFile && wrong?.known && wrong.value.exists)
    return { outcome: fail(wrongName(misnamed, mainPolicyFile)) }
  // Waivers in a file that nobody reads would be missed only when somebody is blocked.
  const [first, ...rest] = snapshot.tree.value
    .filter(({ path, type }) => type !== 'tree' && /^golden-path\/[^/]+\.yaml$/.test(path))
    .map(({ path }) => wrongName(path, path.replace(/yaml$/, 'yml')))
  return first && files.length > 0 ? { outcome: { status: 'fail', findings: [first, ...rest] } } : { files }
}

const wrongName = (path: string, expected: string): Finding => ({
  message: `The policy is in ${path}, which is not read. Expected ${expected}.`,
  location: { path, line: 1 },
  next: `Rename it to ${expected}`,
})

/** The policy for the policy repository: what holds for every repository, and the checks of the policy itself. */
export const withPolicyCheck = (
  policy: Policy | undefined,
  library: ReadonlyMap<string, Control>,
): Policy => {
  const inForce = policy?.version
  const proposed = lastOnly((snapshot: Snapshot) => proposedPolicy(snapshot, library))
  const asked: [Control, Level][] = [
    [waiversAllowedControl(proposed), 'enforce'],
    // Nobody did that wrong who changes another line today: it is told, and fails nothing.
    [waiversNeededControl(proposed), 'advise'],
    [policyValidControl({ library, ...(inForce ? { inForce } : {}) }), 'enforce'],
  ]
  return {
    ...policyDefaults,
    ...policy,
    version: inForce ?? 'built-in',
    rules: [
      ...(policy?.rules ?? []),
      {
        source: { name: 'The policy is sound', path: mainPolicyFile, line: 1 },
        selector: {},
        require: asked.map(([control, level]) => ({
          control: control.id,
          level,
          parameters: {},
          repositoriesMaySet: [],
          line: 1,
        })),
      },
    ],
    controls: new Map([
      ...(policy?.controls ?? library),
      ...asked.map(([control]): [string, Control] => [control.id, control]),
    ]),
    waivers: policy?.waivers ?? [],
  }
}

/** The policy that a snapshot of the policy repository holds, or why there is none to be looked at. */
export const proposedPolicy: (
  snapshot: Snapshot,
  library: ReadonlyMap<string, Control>,
) => ReturnType<ReadProposed> = (snapshot, library) => {
  const read = policyFiles(snapshot)
  if ('outcome' in read)
    return { outcome: read.outcome.status === 'fail' ? notApplicable(notParsed) : read.outcome }
  if (read.files.length === 0) return { outcome: notApplicable(`There is no ${mainPolicyFile} here.`) }
  const parsed = parsePolicy(read.files, { version: snapshot.target.sha, library })
  return parsed.ok ? { policy: parsed.policy } : { outcome: notApplicable(notParsed) }
}

const notParsed = 'The policy does not parse, so its waivers are not looked at.'

/** Two controls ask the same of the same snapshot, one after the other. */
const lastOnly = <Key, Value>(read: (key: Key) => Value): ((key: Key) => Value) => {
  let last: { key: Key; value: Value } | undefined
  return key => {
    if (last?.key !== key) last = { key, value: read(key) }
    return last.value
  }
}
