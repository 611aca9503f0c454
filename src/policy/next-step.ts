import type { Finding } from '../controls/control.ts'

/** What to do next, for where the finding's own place does not stand beside it: a line alone is in no file. */
export const nextStep = ({ next, location }: Finding): string | undefined =>
  next && location && !next.includes(location.path)
    ? next.replace(/\bline \d+\b(?! of )/, line => `${line} of ${location.path}`)
    : next
