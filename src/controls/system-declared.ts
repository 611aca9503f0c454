import { plain, quoted } from '../snapshot/quoted-text.ts'
import { file } from '../snapshot/snapshot.ts'
import type { Control } from './control.ts'
import { failIfAny, notApplicable, pass, undecided, unreadableFile } from './control.ts'
import { evidenceOf } from './evidence.ts'
import { atRest } from './support/at-rest.ts'
import { bounded } from './support/bounded.ts'
import { componentsOf } from './support/entities-of.ts'

const path = 'catalog-info.yaml'

const messages = {
  none: 'There is no Component that could belong to a System.',
  missing: (name: string): string =>
    `Component ${quoted(name)} doesn't say which System it belongs to. Expected spec.system.`,
}

export const systemDeclared: Control = {
  id: 'system-declared',
  title: 'System declared',
  why: 'Which product a component belongs to decides what it is in scope of, and who is asked when it changes.',
  satisfies: evidenceOf('system-declared'),
  reads: { files: [path], facts: ['metadata'], entities: true },
  check: snapshot => {
    const resting = atRest(snapshot)
    if (resting) return resting
    const fact = file(snapshot, path)
    if (!fact.known) return unreadableFile(path, fact)
    const components = componentsOf(snapshot)
    if (components.length === 0) {
      const open = snapshot.entities.find(({ judgement }) => judgement === 'undecided')
      return open ? undecided(`${plain(open.path)} can't be judged yet.`) : notApplicable(messages.none)
    }
    const findings = components
      .filter(({ system }) => !system?.trim())
      .map(entity => ({
        message: messages.missing(entity.name ?? ''),
        location: { path: entity.path, line: entity.line },
        next: `Add system under spec of ${quoted(entity.name ?? '')}`,
      }))
    return failIfAny(bounded(findings), () =>
      pass(
        components.length === 1
          ? 'The Component says which System it belongs to.'
          : `All ${components.length} Components say which System they belong to.`,
      ),
    )
  },
}
