import type { Control } from '../controls/control.ts'
import { packOf, packs } from '../controls/packs.ts'
import { hint, oneOf } from './nearest.ts'
import type { Requirement } from './policy.ts'
import { levelProblems, percent, type Required } from './read-requirements.ts'
import type { RuleShape } from './schema.ts'
import type { YamlProblem, YamlText } from './yaml-text.ts'

/** The `packs:` of a rule as the requirements that they stand for, but for the controls `named` in its `require`. */
export const readPacks = (
  rule: RuleShape,
  path: readonly PropertyKey[],
  yaml: YamlText,
  controls: ReadonlyMap<string, Control>,
  named: ReadonlySet<string>,
): Required => {
  const requirements: Requirement[] = []
  const problems: YamlProblem[] = []
  for (const [id, written] of Object.entries(rule.packs ?? {})) {
    const place = [...path, 'packs', id]
    const { level, from, rollout = rule.rollout } = typeof written === 'string' ? { level: written } : written
    const at = yaml.locate(place, 'key')
    const pack = packOf(id)
    if (!pack) problems.push({ message: unknownPack(id, controls), ...at })
    if (typeof written !== 'string') problems.push(...levelProblems(written, place, yaml))
    for (const member of pack?.controls ?? []) {
      const control = controls.get(member)
      if (!control || named.has(member)) continue
      // A pack is chosen for what it is evidence for, not control by control: signs alone must not block anybody by it.
      const isCapped = (control.heuristic === true || control.onlyAdvises === true) && level === 'enforce'
      requirements.push({
        control: member,
        level: isCapped ? 'advise' : level,
        ...(from === undefined || isCapped ? {} : { from }),
        ...(rollout === undefined ? {} : { rollout: percent(rollout) }),
        parameters: {},
        repositoriesMaySet: [],
        pack: id,
        line: at.line,
      })
    }
  }
  return { requirements, problems }
}

const unknownPack = (id: string, controls: ReadonlyMap<string, Control>): string => {
  if (controls.has(id)) return `"${id}" is a control, not a pack. Expected it under "require".`
  const known = packs.map(pack => pack.id)
  return `"${id.slice(0, 60)}" is no pack. Expected ${oneOf(known)}${hint(id, known)}.`
}
