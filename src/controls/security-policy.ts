import type { Control } from './control.ts'
import { fail, pass, undecided, unreadableFile } from './control.ts'
import { evidenceOf } from './evidence.ts'
import { atRest } from './support/at-rest.ts'
import { firstFile } from './support/first-file.ts'
import { securityPolicyPaths } from './support/security-policy-file.ts'

const messages = {
  missing:
    "There is no SECURITY.md here, and the organisation's .github has none. Expected one that says where to report a weakness.",
  empty: (path: string): string => `${path} says nothing. Expected where to report a weakness.`,
  untold: "There is no SECURITY.md here; whether the organisation's .github has one was not told.",
}

export const securityPolicy: Control = {
  id: 'security-policy',
  title: 'Security policy present',
  why: 'Whoever finds a weakness needs to know whom to tell, or tells everybody.',
  satisfies: evidenceOf('security-policy'),
  reads: { files: [...securityPolicyPaths], facts: ['metadata'] },
  check: snapshot => {
    const resting = atRest(snapshot)
    if (resting) return resting
    const found = firstFile(snapshot, securityPolicyPaths)
    if (found.status === 'there')
      return /\S/.test(found.content.text)
        ? pass(`${found.path} is there.`)
        : fail({
            message: messages.empty(found.path),
            location: { path: found.path, line: 1 },
            next: `Write into ${found.path} where to report a weakness`,
          })
    const { metadata } = snapshot.facts
    const elsewhere = metadata.known ? metadata.value.hasSecurityPolicy : undefined
    if (elsewhere) return pass("The organisation's security policy holds for this repository.")
    if (found.status === 'unread') return unreadableFile(found.path, found.fact)
    return elsewhere === undefined
      ? undecided(metadata.known ? messages.untold : `${metadata.detail}.`)
      : fail({ message: messages.missing, next: 'Add SECURITY.md with where to report a weakness' })
  },
  fix: (snapshot, context) => {
    if (securityPolicy.check(snapshot, context).status !== 'fail') return undefined
    const found = firstFile(snapshot, securityPolicyPaths)
    // The text is Markdown.
    if (found.status === 'unread' || (found.status === 'there' && !/\.md$/i.test(found.path)))
      return undefined
    return {
      why: 'Says where a weakness is reported; the owners complete it with a person and a time to answer in.',
      edits: [{ path: found.status === 'there' ? found.path : 'SECURITY.md', text: template }],
    }
  },
}

/** Promises nothing that only the owners can promise: a person, a time to answer in, which versions are looked after. */
const template = `# Security policy

## Reporting a weakness

Please don't open a public issue or pull request for a weakness in this repository.

Report it through the *Security* tab of this repository, under *Report a vulnerability*. Where that isn't offered, ask the
owners that CODEOWNERS or catalog-info.yaml names for a private way to tell them, without saying what you found.

Say which version or commit it concerns, how it can be shown, and what it could lead to.
`
