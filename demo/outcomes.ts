import type { Stage } from './stage.ts'
import { NotSeen, until } from './until.ts'
import type { SeenCheckRun, SeenEntity, SeenIssue, SeenRepository } from './witness.ts'

/** What became of one repository, as GitHub and Backstage show it. */
export interface Outcome {
  repository: SeenRepository
  head?: string
  checkRun?: SeenCheckRun
  issues: SeenIssue[]
  entities: SeenEntity[]
}

/** What the sample organisation is made for; demo/organisation/README.md has the reasons. The story may add to it. */
const meantToFail = ['checkout', 'inventory', 'notifications', 'recommendations', 'shipping']

export async function seeOutcomes({ ada, witness }: Stage): Promise<Outcome[]> {
  const entities = await witness.entities()
  const repositories = await witness.repositories()
  const outcomes = await Promise.all(
    repositories.map(async repository => {
      const { name } = repository
      // An empty repository has no branch: GitHub answers 409 or 404.
      const head = await ada.head(name).catch(() => undefined)
      return {
        repository,
        head,
        checkRun: head ? await witness.checkRun(name, head) : undefined,
        issues: await witness.issues(name),
        entities: witness.from(name, entities),
      }
    }),
  )
  return outcomes.sort((one, other) => one.repository.name.localeCompare(other.repository.name))
}

/** Waits until all is as it should be, or for so long; resolves to the last look in either case. */
export async function settledOutcomes(stage: Stage, seconds = 40): Promise<Outcome[]> {
  let last: Outcome[] = []
  const complete = async (): Promise<boolean> => {
    if ((await stage.service.jobs()) > 0) return false
    last = await seeOutcomes(stage)
    return last.every(outcome => shortcomings(outcome).length === 0)
  }
  await until('every repository to be settled', complete, seconds).catch(error => {
    if (!(error instanceof NotSeen)) throw error
  })
  return last.length > 0 ? last : seeOutcomes(stage)
}

/** What should have been seen of a repository and was not. */
export function shortcomings(outcome: Outcome): string[] {
  const { repository, head, checkRun, issues, entities } = outcome
  const missing: string[] = []
  const expect = (holds: boolean, sentence: string): void => {
    if (!holds) missing.push(`${repository.name}: ${sentence}`)
  }
  const open = issues.filter(issue => issue.state === 'open').length
  if (isLeftAlone(outcome)) {
    expect(open === 0, 'no issue, since it is archived, a fork or empty')
    expect(entities.length === 0, 'no entity in Backstage, since it is archived, a fork or empty')
    return missing
  }
  const shouldFail = meantToFail.includes(repository.name)
  const conclusion = checkRun?.conclusion ?? 'none'
  expect(
    shouldFail ? conclusion === 'failure' : ['success', 'neutral'].includes(conclusion),
    `a check run that ${shouldFail ? 'fails' : 'passes'} at ${head?.slice(0, 7)}; its conclusion: ${conclusion}`,
  )
  expect(open === (shouldFail ? 1 : 0), `${shouldFail ? 'one open issue' : 'no open issue'}; open: ${open}`)
  if (repository.name !== policyRepository)
    expect(
      entities.length > 0 !== shouldFail,
      `${shouldFail ? 'nothing' : 'its entities'} in Backstage; there: ${entities.length}`,
    )
  return missing
}

/** Describes no software: it holds the policy. */
export const policyRepository = '.github'

export const isLeftAlone = ({ repository, head }: Outcome): boolean =>
  repository.archived || repository.fork || head === undefined
