import { code, link, plain, prose } from '../text/markdown.ts'
import { longDate } from '../text/wording.ts'

/** What a pull request that proposes a waiver tells those who decide on it. Texts of people and repositories are raw. */
export interface WaiverRequest {
  /** `acme/payments-api` */
  repository: string
  control: { id: string; title: string; why: string }
  /** ISO date. */
  until: string
  reason: string
  /** Login. */
  by: string
  /** Where it was asked for. */
  url: string
  /** `@acme/security`; absent where nobody is named who approves waivers. */
  approver?: string
  /** The policy names one who approves waivers, and they are the one who asks. */
  isOnlyAsker?: boolean
  /** There is one already, and this changes it. */
  renews: boolean
  path: string
}

export interface RenderedWaiver {
  title: string
  body: string
  commitMessage: string
}

export function renderWaiver(request: WaiverRequest): RenderedWaiver {
  const { repository, control, until, reason, by, url, approver, isOnlyAsker, renews, path } = request
  const name = repository.slice(repository.indexOf('/') + 1)
  const title = plain(`Waive ${control.id} for ${name} until ${longDate(until)}`, 200)
  const asked = renews ? 'asks to change the waiver' : 'asks to waive'
  return {
    title,
    // Without the reason: a commit message that says `closes #7` closes it.
    commitMessage: title,
    body: [
      `${code(`@${by}`)} ${asked} ${link(`in ${code(repository)}`, url)}:`,
      [
        `- *Control:* **${prose(control.title, 120)}** (${code(control.id)}). ${prose(control.why, 300)}`,
        `- *Until:* ${longDate(until)}, the last day on which it holds.`,
        `- *Because:* ${prose(reason, 500)}`,
      ].join('\n'),
      'Until that day a failure is shown as waived and fails nothing. From the day after it counts again.',
      approver
        ? `Merging this is the approval, in the name of ${code(approver)}: ${code(path)} says so in ${code('approved-by')}. With a line for that file in CODEOWNERS, GitHub asks for that review.`
        : renews
          ? `The policy names nobody ${isOnlyAsker ? 'but who asks' : 'who approves waivers'}: ${code('approved-by')} in ${code(path)} still says who did before. Change it if somebody else decides. Merging this is the approval.`
          : `The policy names nobody ${isOnlyAsker ? 'but who asks' : 'who approves waivers'}. Fill in ${code('approved-by')} in ${code(path)} with who decides; before that the policy's own check fails. Merging this is the approval.`,
      `To refuse, close this pull request. Another ${code(`/golden-path waive ${control.id} …`)} in ${code(repository)} changes it as long as it is open.`,
    ].join('\n\n'),
  }
}
