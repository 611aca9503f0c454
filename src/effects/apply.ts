import type { Applied } from './applied.ts'
import type { Outside } from './outside.ts'
import type { Planned } from './planned.ts'
import { publishCheckRun } from './publish-check-run.ts'
import { publishIssue } from './publish-issue.ts'
import { publishRegistration } from './publish-registration.ts'

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
    case 'registration':
      return publishRegistration(effect, outside)
  }
}
