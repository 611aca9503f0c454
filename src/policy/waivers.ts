import { glob } from '../snapshot/linear-glob.ts'
import type { Policy, Waiver } from './policy.ts'

/** The waiver that excuses a repository from a control on a day (YYYY-MM-DD), the longest of several. */
export const waiverFor = (
  policy: Policy,
  control: string,
  repository: string,
  today: string,
): Waiver | undefined =>
  policy.waivers
    .filter(waiver => waiver.control === control && waiver.until >= today)
    .filter(waiver => glob(waiver.repository, { ignoreCase: true })(repository))
    .toSorted(
      (a, b) =>
        compare(b.until, a.until) || compare(a.source.path, b.source.path) || a.source.line - b.source.line,
    )[0]

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
