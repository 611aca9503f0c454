import { listed, plain, quoted } from '../snapshot/quoted-text.ts'
import type { EntityDocument } from '../snapshot/snapshot.ts'
import { file } from '../snapshot/snapshot.ts'
import type { Control, Finding } from './control.ts'
import { failIfAny, notApplicable, pass, undecided, unreadableFile } from './control.ts'
import { evidenceOf } from './evidence.ts'
import { atRest } from './support/at-rest.ts'
import { bounded } from './support/bounded.ts'
import { componentsOf } from './support/entities-of.ts'
import { given, names } from './support/parameter.ts'

const path = 'catalog-info.yaml'

const messages = {
  none: 'There is no Component of type service.',
  missing: (name: string, asked: readonly string[]): string =>
    `Component ${quoted(name)} doesn't say who is called when it fails. Expected one of the annotations ${listed(asked.map(plain), 4)}.`,
  empty: (name: string, annotation: string): string =>
    `The annotation ${plain(annotation)} of Component ${quoted(name)} is empty. Expected what it is called in the on-call system.`,
}

const annotations = names(
  [
    'pagerduty.com/service-id',
    'pagerduty.com/integration-key',
    'opsgenie.com/component-selector',
    'opsgenie.com/team',
    'splunk.com/on-call-team',
    'ilert.com/integration-key',
    'firehydrant.com/service-name',
    'rootly.com/service-id',
    'rootly.com/service-slug',
  ],
  'names of annotations, such as [pagerduty.com/service-id]',
)

export const onCallDeclared: Control = {
  id: 'on-call-declared',
  title: 'On-call declared',
  why: 'When the service fails at night, nobody should have to look for whom to call.',
  satisfies: evidenceOf('on-call-declared'),
  reads: { files: [path], facts: ['metadata'], entities: true },
  parameters: { annotations },
  check: (snapshot, context) => {
    const resting = atRest(snapshot)
    if (resting) return resting
    const fact = file(snapshot, path)
    if (!fact.known) return unreadableFile(path, fact)
    const asked = given(context, 'annotations', annotations)
    const services = componentsOf(snapshot, 'service')
    if (services.length === 0) {
      const open = snapshot.entities.find(({ judgement }) => judgement === 'undecided')
      return open ? undecided(`${plain(open.path)} can't be judged yet.`) : notApplicable(messages.none)
    }
    const findings = services.flatMap(service => findingsOf(service, asked))
    return failIfAny(bounded(findings), () =>
      pass(
        services.length === 1
          ? 'The service says who is called when it fails.'
          : `All ${services.length} services say who is called when they fail.`,
      ),
    )
  },
}

const findingsOf = (service: EntityDocument, asked: readonly string[]): Finding[] => {
  const name = service.name ?? ''
  const present = asked.filter(annotation => Object.hasOwn(service.annotations, annotation))
  if (present.some(annotation => service.annotations[annotation]?.trim())) return []
  const [empty] = present
  return [
    {
      message: empty === undefined ? messages.missing(name, asked) : messages.empty(name, empty),
      location: { path: service.path, line: service.line },
      next: `Add ${plain(empty ?? asked[0] ?? 'an annotation')} under metadata.annotations`,
    },
  ]
}
