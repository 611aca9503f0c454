import { listed, plain } from '../snapshot/quoted-text.ts'
import type { Control } from './control.ts'
import { fail, pass, undecided } from './control.ts'
import { evidenceOf } from './evidence.ts'
import { atRest } from './support/at-rest.ts'
import { given, globs, matchesAny } from './support/parameter.ts'

const messages = {
  missing: (asked: readonly string[]): string =>
    `There is no threat model. Expected one at ${listed(asked.map(plain), 3).replace(/ and ([^ ]+|\d+ more)$/, ' or $1')}.`,
}

const paths = globs([
  'docs/threat-model.md',
  'docs/threat-model/**',
  'docs/threat_model.md',
  'docs/threatmodel.md',
  'docs/security/threat-model.md',
  'threat-model.md',
  'threat_model.md',
  'threatmodel.md',
  'security/threat-model.md',
  '**/*.tm7',
])

export const threatModel: Control = {
  id: 'threat-model',
  title: 'Threat model present',
  why: 'What could be attacked is cheapest to think about before it is built, and has to be thought of again when it changes.',
  satisfies: evidenceOf('threat-model'),
  reads: { files: [], facts: ['metadata'], tree: true },
  parameters: { paths },
  check: (snapshot, context) => {
    const resting = atRest(snapshot)
    if (resting) return resting
    if (!snapshot.tree.known) return undecided(`${snapshot.tree.detail}.`)
    const asked = given(context, 'paths', paths)
    // THREAT_MODEL.md, Threat-Model.md: people write it in each way.
    const isMeant = matchesAny(asked.map(pattern => pattern.toLowerCase()))
    const found = snapshot.tree.value.find(
      ({ path, type, bytes }) => type === 'blob' && bytes !== 0 && isMeant(path.toLowerCase()),
    )
    return found
      ? pass(`${plain(found.path)} is there.`)
      : fail({
          message: messages.missing(asked),
          next: `Add ${plain(asked[0] ?? 'docs/threat-model.md')} with what could be attacked, and what stands against it`,
        })
  },
}
