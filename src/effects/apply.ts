import type { Applied } from './applied.ts'
import { publishCheckRun } from './check-run/publish-check-run.ts'
import { publishIssue } from './issue/publish-issue.ts'
import type { Outside } from './outside.ts'
import type { Planned } from './planned.ts'
import { publishPullRequest } from './pull-request/publish-pull-request.ts'
import { publishReview } from './pull-request/publish-review.ts'
import { publishRegistration } from './registration/publish-registration.ts'
import { publishReply } from './reply/publish-reply.ts'

/**
 * Carries out one effect; safe to repeat. The caller stores `intended(effect)` before, and after it what the outcome
 * says: that is what makes a crash in between harmless.
 */
export async function apply(effect: Planned, outside: Outside): Promise<Applied> {
  switch (effect.kind) {
    case 'check-run':
      return publishCheckRun(effect, outside)
    case 'issue':
      return publishIssue(effect, outside)
    case 'pull-request':
      return publishPullRequest(effect, outside)
    case 'review':
      return publishReview(effect, outside)
    case 'reply':
      return publishReply(effect, outside)
    case 'registration':
      return publishRegistration(effect, outside)
  }
}
