import { listed, plain } from '../snapshot/quoted-text.ts'
import type { EntityDocument, Snapshot } from '../snapshot/snapshot.ts'
import { file } from '../snapshot/snapshot.ts'
import { type HeldContract, heldContract } from '../snapshot/templates/templates.ts'
import type { Control, ControlContext, Finding, Outcome } from './control.ts'
import { failIfAny, notApplicable, pass, undecided } from './control.ts'
import { evidenceOf } from './evidence.ts'
import { bounded } from './support/bounded.ts'
import { isTemplateControl } from './support/template-family.ts'

const path = 'catalog-info.yaml'

const messages = {
  none: 'No Software Template made what is in this repository, or none is named.',
  gone: (template: string): string =>
    `${template} is no longer in the catalogue, so that what it asks for can't be known`,
  claimed: (template: string, problem: string): string =>
    `Which ${template} made this can't be told: ${plain(problem)}`,
  noSuchControl: (template: string, control: string): string =>
    `${template} asks for the control "${plain(control)}", which neither the library nor the policy knows`,
  notKept: (title: string, control: string, outcome: Finding): string =>
    `The template "${title}" asks for ${plain(control)}, which fails: ${outcome.message}`,
  kept: (template: string, asked: number): string =>
    asked === 0
      ? `${template} asks for no control`
      : `${template} asks for ${asked === 1 ? '1 control, and it is kept' : `${asked} controls, and all are kept`}`,
  unseen: (template: string, version: string): string =>
    `This repository names version ${plain(version)} of ${template}, which was never seen: it is held to what is asked now`,
  more: (template: string, version: string | undefined, controls: readonly string[]): string =>
    `${template}${version === undefined ? '' : `, now at ${plain(version)},`} asks new services for ${listed(controls.map(plain))} too`,
}

export const templateControls: Control = {
  id: 'template-controls',
  title: "Template's controls kept",
  why: 'What a template promised on the day the service was made has to stay true afterwards.',
  satisfies: evidenceOf('template-controls'),
  asksOthers: true,
  reads: { files: [path], facts: [], entities: true },
  implies: ['template-contract', 'template-current'],
  check: (snapshot, context) => {
    const fact = file(snapshot, path)
    if (!fact.known) return undecided(`${fact.detail}.`)
    const templates = new Map<string, Origin>()
    for (const { template } of snapshot.entities)
      if (template && !templates.has(template.ref)) templates.set(template.ref, template)
    return templates.size === 0
      ? notApplicable(messages.none)
      : judged(snapshot, [...templates.values()], context)
  },
}

type Origin = NonNullable<EntityDocument['template']>

const judged = (snapshot: Snapshot, templates: readonly Origin[], context: ControlContext): Outcome => {
  const findings: Finding[] = []
  const open: string[] = []
  const said: string[] = []
  for (const origin of templates) {
    const { ref, version } = origin
    const fact = snapshot.templates[ref]
    if (!fact?.known) open.push(fact ? fact.detail : `${plain(ref)} was not looked up`)
    else if (!fact.value.exists) open.push(messages.gone(plain(ref)))
    else if (fact.value.problem) open.push(messages.claimed(plain(ref), fact.value.problem))
    else {
      const { title, requires } = fact.value
      const held = heldContract(fact.value, version)
      const wanted = [...new Set(held.requires)].filter(control => !isTemplateControl(control))
      for (const control of wanted) {
        const outcome = context.outcomeOf(control)
        if (!outcome) open.push(messages.noSuchControl(plain(ref), control))
        else if (outcome.status === 'unknown')
          open.push(`${plain(control)}: ${outcome.message.replace(/\.$/, '')}`)
        else if (outcome.status === 'fail')
          for (const found of outcome.findings)
            findings.push({
              ...found,
              message: messages.notKept(withVersion(plain(title), held), control, found),
              location: found.location ?? origin.location,
            })
      }
      said.push(messages.kept(withVersion(plain(ref), held), wanted.length))
      if (held.because === 'unseen' && version !== undefined) said.push(messages.unseen(plain(ref), version))
      const more = requires.filter(control => !held.requires.includes(control) && !isTemplateControl(control))
      if (more.length > 0) said.push(messages.more(plain(ref), fact.value.version, more))
    }
  }
  return failIfAny(bounded(findings), () => {
    if (open.length > 0) return undecided(`${listed(open, 2)}.`)
    return pass(`${said.slice(0, 4).join('. ')}.`)
  })
}

/** Which version that is, where the service says which one it came from. */
const withVersion = (name: string, { because, version }: HeldContract): string =>
  because === 'named' && version !== undefined ? `${name} ${plain(version)}` : name
