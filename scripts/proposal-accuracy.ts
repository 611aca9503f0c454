// `node scripts/proposal-accuracy.ts`: writes how often a proposal is right on fixtures/proposals* into docs/proposals.md.
// With `--details` it also prints every line that is not right.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { proposeCatalogInfo } from '../src/proposal/catalog-info.ts'
import { type FixtureSet, fields, fixtureSets, readFixtures } from '../test/proposal/fixtures.ts'
import { type Mark, type Score, score, sumOf } from '../test/proposal/score.ts'

export interface Accuracy {
  repositories: number
  sum: Score
}

export async function measure(set: FixtureSet = 'proposals'): Promise<Accuracy> {
  const fixtures = await readFixtures(set)
  return {
    repositories: fixtures.length,
    sum: sumOf(fixtures.map(fixture => score(fixture, proposeCatalogInfo(fixture.snapshot)))),
  }
}

/** What stands around the table of each set. */
const placeOf: Record<FixtureSet, { begin: string; end: string }> = {
  proposals: {
    begin: '<!-- accuracy: written by scripts/proposal-accuracy.ts -->',
    end: '<!-- accuracy: end -->',
  },
  'proposals-unseen': {
    begin: '<!-- unseen: written by scripts/proposal-accuracy.ts -->',
    end: '<!-- unseen: end -->',
  },
}

/** The page with the figures between the marks made anew. */
export const withAccuracy = (page: string, accuracy: Accuracy, set: FixtureSet = 'proposals'): string => {
  const { begin, end } = placeOf[set]
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  if (from === -1 || to < from) throw new Error(`docs/proposals.md lacks "${begin}" or "${end}" after it`)
  return `${page.slice(0, from)}${begin}\n\n${accuracyTable(accuracy)}\n\n${page.slice(to)}`
}

const marks: readonly Mark[] = ['right', 'rightly-left', 'left', 'wrong']

export const accuracyTable = ({ repositories, sum }: Accuracy): string => {
  const rows = [...fields, undefined].map(field => {
    const lines = field ? sum.lines.filter(line => line.field === field) : sum.lines
    const counts = marks.map(mark => lines.filter(line => line.mark === mark).length)
    const [right = 0, rightlyLeft = 0] = counts
    return `| ${[field ?? 'all', lines.length, ...counts, percent(right + rightlyLeft, lines.length)].join(' | ')} |`
  })
  const offered = sum.lines.flatMap(({ candidates }) => candidates ?? [])
  const total = (of: 'expected' | 'offered') => offered.reduce((all, each) => all + each[of], 0)
  return [
    '| line | proposed for | right | left for a person, rightly | left, though it can be told | wrong | right or rightly left |',
    '|---|---|---|---|---|---|---|',
    ...rows,
    '',
    `${repositories} repositories, ${sum.found + sum.missing.length} components: ${sum.found} found, ${sum.missing.length} missed, ${sum.extra.length} proposed that should not be. ` +
      `Where a line is rightly left, ${total('offered')} of the ${total('expected')} candidates that a person would think of are named.`,
    '',
    'Line by line:',
    '',
    componentTable(sum),
  ].join('\n')
}

const shown: Record<Mark, string> = {
  right: 'right',
  'rightly-left': 'rightly left',
  left: 'left',
  wrong: 'wrong',
}

/** A row for each component that was proposed or missed. */
const componentTable = ({ lines, missing, extra }: Score): string => {
  const components = new Map<string, Score['lines']>()
  for (const line of lines) {
    const key = line.path === '.' ? line.fixture : `${line.fixture}, ${line.path}`
    components.set(key, [...(components.get(key) ?? []), line])
  }
  return [
    `| repository, component | ${fields.join(' | ')} |`,
    `|---|${fields.map(() => '---|').join('')}`,
    ...[...components].map(
      ([key, of]) =>
        `| ${key} | ${fields.map(field => shown[of.find(line => line.field === field)?.mark ?? 'left']).join(' | ')} |`,
    ),
    ...missing.map(each => `| ${each.replace(/ \.$/, '')} | missed | | | |`),
    ...extra.map(each => `| ${each.replace(/ \.$/, '')} | not to be proposed | | | |`),
  ].join('\n')
}

const percent = (part: number, whole: number): string =>
  whole === 0 ? '–' : `${Math.floor((100 * part) / whole)} %`

/** One line for each line that is not right, for whoever looks for the reason. */
export const mistakesIn = ({ lines, missing, extra }: Score): string[] => [
  ...lines
    .filter(({ mark }) => mark === 'wrong' || mark === 'left')
    .map(
      ({ fixture, path, field, mark, proposed, expected, confidence }) =>
        `${mark} ${fixture} ${path} ${field}: ${proposed ?? 'left'} (${confidence?.toFixed(2) ?? 'no guess'}), expected ${expected}`,
    ),
  ...missing.map(where => `missing ${where}`),
  ...extra.map(where => `extra ${where}`),
]

if (import.meta.main) {
  const path = join(import.meta.dirname, '../docs/proposals.md')
  for (const set of fixtureSets) {
    const accuracy = await measure(set)
    writeFileSync(path, withAccuracy(readFileSync(path, 'utf8'), accuracy, set))
    if (process.argv.includes('--details'))
      for (const mistake of mistakesIn(accuracy.sum)) process.stdout.write(`${mistake}\n`)
  }
}
