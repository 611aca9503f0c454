import type { ControlVerdict } from '../../policy/verdict.ts'
import { hashOf } from '../planned.ts'

/** More findings of one control than anybody remembers having seen. */
const mostFindings = 20

/** `owner-exists 3f2c…`: what a person who closes the issue has seen of a control. Lines move, so they are left out. */
export const toldOf = (control: ControlVerdict): string[] =>
  control.status === 'waived'
    ? [`${control.id} ${control.waiver?.until}`]
    : (control.findings.length > 0 ? control.findings.slice(0, mostFindings) : [control]).map(
        ({ message }) => `${control.id} ${hashOf(message).slice(0, 12)}`,
      )

export const controlOfTold = (told: string): string => told.slice(0, told.indexOf(' '))
