import { listed, plain } from '../snapshot/quoted-text.ts'
import type { CodeScanning } from '../snapshot/snapshot.ts'
import type { Control, Outcome } from './control.ts'
import { fail, notApplicable, pass, undecided } from './control.ts'
import { evidenceOf } from './evidence.ts'
import { ageInDays, days } from './support/age.ts'
import { archived, isArchived } from './support/archived.ts'
import { given, wholeNumber } from './support/parameter.ts'
import { advancedSecurity, settingFix } from './support/setting-fix.ts'

const messages = {
  off: 'No code scanning is set up, and no analysis was ever uploaded. Expected one that looks at each change.',
  never: 'Code scanning is set up, but the default branch was never analysed. Expected an analysis of it.',
  old: (at: string, age: number, within: number): string =>
    `The newest analysis of the default branch is of ${plain(at.slice(0, 10))}, ${days(age)} ago. Expected one that is at most ${days(within)} old.`,
  undated: "When the newest analysis was made can't be read.",
  noCode: 'GitHub finds no programming language in this repository, so there is no code to look at.',
}

const within = wholeNumber(30, 1, 365)

const byFix = 'GitHub then looks through the code on each push and once a week.'

export const codeScanningEnabled: Control = {
  id: 'code-scanning-enabled',
  title: 'Code scanning on',
  why: 'A machine finds the injections and the forgotten checks that a tired reviewer reads over.',
  satisfies: evidenceOf('code-scanning-enabled'),
  reads: { files: [], facts: ['codeScanning', 'languages', 'metadata'] },
  parameters: { within },
  check: (snapshot, context) => {
    const { metadata, languages, codeScanning } = snapshot.facts
    if (isArchived(metadata)) return notApplicable(archived)
    if (languages.known && Object.keys(languages.value).length === 0) return notApplicable(messages.noCode)
    if (!codeScanning.known) return undecided(`${codeScanning.detail}.`)
    return judged(codeScanning.value, given(context, 'within', within), context.today)
  },
  // Why an analysis that was set up doesn't finish, its log tells; no setting does.
  fix: (snapshot, context) =>
    snapshot.facts.codeScanning.known && snapshot.facts.codeScanning.value.setUp === 'none'
      ? settingFix(codeScanningEnabled.check(snapshot, context), advancedSecurity, byFix)
      : undefined,
}

const judged = (scanning: CodeScanning, limit: number, today: string): Outcome => {
  const { setUp, languages, analysedAt, openAlerts } = scanning
  if (setUp === 'none')
    return fail({
      message: messages.off,
      next: 'Set up CodeQL analysis, under Settings, Advanced Security, or have CI upload the SARIF of another scanner',
    })
  if (analysedAt === undefined)
    return fail({
      message: messages.never,
      next: 'Look under Security, Code scanning, Tools why no analysis has finished, and run it once',
    })
  const age = ageInDays(analysedAt, today)
  if (age === undefined) return undecided(messages.undated)
  if (age > limit)
    return fail({
      message: messages.old(analysedAt, age, limit),
      next: 'Look under Security, Code scanning, Tools why it stopped, and let it run on each push and once a week',
    })
  const of = listed(languages.map(plain), 4)
  const open =
    openAlerts === undefined
      ? ''
      : `, ${openAlerts === 0 ? 'no' : openAlerts} open alert${openAlerts === 1 ? '' : 's'}`
  return pass(
    `The default branch was analysed on ${plain(analysedAt.slice(0, 10))}${of ? ` for ${of}` : ''}${open}.`,
  )
}
