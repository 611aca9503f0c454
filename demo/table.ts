import { isLeftAlone, type Outcome } from './outcomes.ts'

/** Every repository on a line, within 120 columns; a text too long for its column goes on below. */

const width = 120
const gap = '  '
const headers = ['repository', 'verdict', 'check run', 'issue', 'in Backstage']

export function outcomeTable(outcomes: Outcome[]): string {
  const rows = outcomes.map(cellsOf)
  const widest = headers.map((header, column) =>
    Math.max(header.length, ...rows.map(row => row[column]?.length ?? 0)),
  )
  const [repository = 0, verdict = 0, , issue = 0, registered = 0] = widest
  const title = width - repository - verdict - issue - registered - gap.length * 4
  const widths = [repository, verdict, title, issue, registered]
  return [
    ...lines(headers, widths),
    widths.map(each => '-'.repeat(each)).join(gap),
    ...rows.flatMap(row => lines(row, widths)),
  ].join('\n')
}

function cellsOf(outcome: Outcome): string[] {
  const { repository, checkRun, issues, entities } = outcome
  return [
    repository.name,
    checkRun?.conclusion ?? '-',
    checkRun?.output.title ?? (isLeftAlone(outcome) ? `none: it is ${whyAlone(outcome)}` : 'none'),
    issues.map(({ number, state }) => `#${number} ${state}`).join(', ') || '-',
    registration(
      outcome.repository.name,
      entities.map(({ ref }) => ref),
    ),
  ]
}

const whyAlone = ({ repository }: Outcome): string =>
  repository.archived ? 'archived' : repository.fork ? 'a fork' : 'empty'

/** The one that is called like the repository stands for it. */
function registration(repository: string, refs: string[]): string {
  const sorted = refs.toSorted()
  const first =
    sorted.find(ref => ref.endsWith(`/${repository}`)) ?? sorted.find(ref => ref.startsWith('location:'))
  const shown = first ?? sorted[0]
  if (!shown) return '-'
  return sorted.length > 1 ? `${shown} +${sorted.length - 1}` : shown
}

function lines(cells: string[], widths: number[]): string[] {
  const wrapped = cells.map((text, column) => wrap(text, widths[column] ?? width))
  const height = Math.max(...wrapped.map(each => each.length))
  return Array.from({ length: height }, (_, row) =>
    wrapped
      .map((each, column) => (each[row] ?? '').padEnd(widths[column] ?? 0))
      .join(gap)
      .trimEnd(),
  )
}

function wrap(text: string, limit: number): string[] {
  const found: string[] = []
  let current = ''
  for (const word of text.split(' ')) {
    if (current !== '' && current.length + 1 + word.length > limit) {
      found.push(current)
      current = ''
    }
    current = current === '' ? word : `${current} ${word}`
  }
  return [...found, current]
}

export function totals(
  outcomes: Outcome[],
  requests: { read: number; write: number; token: number },
): string {
  const concluded = (conclusion: string): number =>
    outcomes.filter(({ checkRun }) => checkRun?.conclusion === conclusion).length
  const issues = outcomes.flatMap(outcome => outcome.issues)
  const open = issues.filter(({ state }) => state === 'open').length
  const registered = outcomes.filter(({ entities }) => entities.length > 0)
  const entities = registered.flatMap(outcome => outcome.entities)
  return [
    `${outcomes.length} repositories: ${concluded('success')} pass, ${concluded('neutral')} pass with advice, ${concluded('failure')} fail, ${outcomes.filter(({ checkRun }) => !checkRun).length} without a check run.`,
    `${issues.length} issues: ${open} open, ${issues.length - open} closed. ${entities.length} entities of ${registered.length} repositories in Backstage.`,
    `The app asked GitHub ${requests.read + requests.write} times, ${requests.read} reads and ${requests.write} writes; tokens asked for: ${requests.token}.`,
  ].join('\n')
}
