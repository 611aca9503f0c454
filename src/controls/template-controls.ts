import { listed, plain } from '../snapshot/quoted-text.ts'
import type { Location, Snapshot } from '../snapshot/snapshot.ts'
import { file } from '../snapshot/snapshot.ts'
import { bounded } from './bounded.ts'
import type { Control, ControlContext, Finding, Outcome } from './control.ts'
import { failIfAny, notApplicable, pass, undecided } from './control.ts'

const id = 'template-controls'
const path = 'catalog-info.yaml'

const messages = {
  none: 'No Software Template made what is in this repository, or none is named.',
  gone: (template: string): string =>
    `${template} is no longer in the catalogue, so that what it asks for can't be known`,
  noSuchControl: (template: string, control: string): string =>
    `${template} asks for the control "${plain(control)}", which neither the library nor the policy knows`,
  notKept: (title: string, control: string, outcome: Finding): string =>
    `The template "${title}" asks for ${plain(control)}, which fails: ${outcome.message}`,
}

export const templateControls: Control = {
  id,
  title: "Template's controls kept",
  why: 'What a template promised on the day the service was made has to stay true afterwards.',
  satisfies: { 'pci-dss-4.0.1': ['6.2.1'], 'ssdf-1.1': ['PO.1.1'] },
  reads: { files: [path], facts: [], entities: true },
  check: (snapshot, context) => {
    const fact = file(snapshot, path)
    if (!fact.known) return undecided(`${fact.detail}.`)
    const templates = new Map<string, Location>()
    for (const { template } of snapshot.entities)
      if (template && !templates.has(template.ref)) templates.set(template.ref, template.location)
    return templates.size === 0 ? notApplicable(messages.none) : judged(snapshot, templates, context)
  },
}

const judged = (
  snapshot: Snapshot,
  templates: ReadonlyMap<string, Location>,
  context: ControlContext,
): Outcome => {
  const findings: Finding[] = []
  const open: string[] = []
  let asked = 0
  for (const [ref, location] of templates) {
    const fact = snapshot.templates[ref]
    if (!fact?.known) open.push(fact ? fact.detail : `${plain(ref)} was not looked up`)
    else if (!fact.value.exists) open.push(messages.gone(plain(ref)))
    else {
      const { title, requires, problem } = fact.value
      if (problem) open.push(plain(problem))
      for (const control of new Set(requires)) {
        // A template that asks for this very control would ask forever.
        if (control === id) continue
        asked += 1
        const outcome = context.outcomeOf(control)
        if (!outcome) open.push(messages.noSuchControl(plain(ref), control))
        else if (outcome.status === 'unknown')
          open.push(`${plain(control)}: ${outcome.message.replace(/\.$/, '')}`)
        else if (outcome.status === 'fail')
          for (const found of outcome.findings)
            findings.push({
              ...found,
              message: messages.notKept(plain(title), control, found),
              location: found.location ?? location,
            })
      }
    }
  }
  return failIfAny(bounded(findings), () => {
    if (open.length > 0) return undecided(`${listed(open, 2)}.`)
    const names = listed([...templates.keys()].map(plain), 2)
    return pass(
      asked === 0
        ? `${names} asks for no control.`
        : `${names} asks for ${asked === 1 ? '1 control, and it is kept' : `${asked} controls, and all are kept`}.`,
    )
  })
}
