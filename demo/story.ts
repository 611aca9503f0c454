import { press } from './buttons.ts'
import { newcomer } from './newcomer.ts'
import { did, heading, missed, saw, secondsSince } from './progress.ts'
import type { Stage } from './stage.ts'
import { NotSeen, until } from './until.ts'
import type { SeenCheckRun, SeenEntity, SeenIssue } from './witness.ts'

/** What happens on the stage. Each line tells what was read from GitHub or Backstage just then. */

const chapters: { title: string; play: (stage: Stage) => Promise<void> }[] = [
  { title: 'A push breaks the ownership of payments-api; one button repairs it', play: breakAndRepair },
  { title: 'A new repository takes a name that another one has, then one of its own', play: newRepository },
  { title: 'A repository that nobody described is described by one comment', play: describedByComment },
  { title: 'A mistake in the policy changes nothing', play: brokenPolicy },
  { title: 'A change of the policy is seen before it is merged', play: previewedPolicy },
  { title: 'An organisation without a policy is only looked at, then offered one', play: offeredPolicy },
]

/** Plays each chapter, whatever became of the one before. Resolves to what should have been seen and was not. */
export async function playStory(stage: Stage, signal: AbortSignal): Promise<string[]> {
  const notSeen: string[] = []
  for (const { title, play } of chapters) {
    signal.throwIfAborted()
    heading(title)
    try {
      await play(stage)
    } catch (error) {
      if (!(error instanceof NotSeen)) throw error
      missed(error.message)
      notSeen.push(error.message)
    }
  }
  return notSeen
}

async function breakAndRepair(stage: Stage): Promise<void> {
  const { ada, witness } = stage
  const repository = 'payments-api'
  const path = 'catalog-info.yaml'
  const good = await ada.read(repository, path)
  const bad = changed(good, 'owner: payments', 'owner: team-paymnts')

  const broken = await ada.push({ repository, message: 'Hand over to the new team', files: { [path]: bad } })
  did(`Ada pushes ${short(broken)} to main: "owner: team-paymnts", which is nobody`)
  const run = await seeCheckRun(stage, repository, broken, 'failure')
  const issue = await seeIssue(stage, repository, 'open')

  await press(stage, repository, run.id)
  did('She presses "Fix this" on the check run')
  const { number, head } = await seeFix(stage, repository)
  await seeCheckRun(stage, repository, head.sha, 'success')
  const merged = await ada.merge(repository, number)
  did(`She merges it as ${short(merged)}`)
  await seeCheckRun(stage, repository, merged, 'success')
  await seeIssue(stage, repository, 'closed', issue.number)
  const ref = 'component:default/payments-api'
  await seeEntity(
    stage,
    ref,
    entity => isFrom(stage, repository)(entity) && entity.owner === 'group:default/payments',
  )
  const { length } = await witness.issues(repository)
  if (length !== 1) throw new NotSeen(`one issue in ${repository}; there are ${length}`)
}

async function newRepository(stage: Stage): Promise<void> {
  const { ada, organisation } = stage
  const repository = 'refunds'
  await ada.ask('POST', `/orgs/${organisation}/repos`, {
    name: repository,
    description: 'Money back to customers',
    private: true,
    auto_init: true,
  })
  await ada.ask('PUT', `/orgs/${organisation}/teams/payments/repos/${organisation}/${repository}`, {
    permission: 'push',
  })
  did(`Ada makes ${repository}, with nothing but a README`)
  await seeCheckRun(stage, repository, await ada.head(repository), 'failure')
  const issue = await seeIssue(stage, repository, 'open')

  const taken = await ada.push({
    repository,
    message: 'Describe the service',
    files: { CODEOWNERS: '* @acme/payments\n', 'catalog-info.yaml': component('orders') },
  })
  did(`She describes it as "name: orders", copied from another repository`)
  await seeCheckRun(stage, repository, taken, 'failure')
  await seeEntity(stage, 'component:default/orders', isFrom(stage, 'orders'))

  const own = await ada.push({
    repository,
    message: 'Call it what it is',
    files: { 'catalog-info.yaml': component(repository) },
  })
  did(`She calls it "${repository}"`)
  await seeCheckRun(stage, repository, own, 'success')
  await seeIssue(stage, repository, 'closed', issue.number)
  await seeEntity(stage, `component:default/${repository}`, isFrom(stage, repository))
}

async function describedByComment(stage: Stage): Promise<void> {
  const { ada, organisation } = stage
  const repository = 'gift-cards'
  const at = `/repos/${organisation}/${repository}`
  await ada.ask('POST', `/orgs/${organisation}/repos`, {
    name: repository,
    description: 'Sells and redeems gift cards',
    private: true,
    auto_init: true,
  })
  await ada.ask('PUT', `/orgs/${organisation}/teams/payments/repos/${organisation}/${repository}`, {
    permission: 'push',
  })
  const pushed = await ada.push({
    repository,
    message: 'The first version',
    files: {
      CODEOWNERS: '* @acme/payments\n',
      Dockerfile: 'FROM node:24-slim\nCOPY . .\nCMD ["node", "server.js"]\n',
      'package.json':
        '{ "name": "gift-cards", "private": true, "scripts": { "start": "node server.js" }, "dependencies": { "express": "^5.1.0" } }\n',
      'server.js': "require('node:http').createServer().listen(8080)\n",
      '.github/workflows/deploy.yml': 'on: { push: { branches: [main] } }\njobs: {}\n',
    },
  })
  did(`Ada makes ${repository}: a service with CODEOWNERS, and no catalog-info.yaml`)
  await seeCheckRun(stage, repository, pushed, 'failure')
  const issue = await seeIssue(stage, repository, 'open')

  await ada.ask('POST', `${at}/issues/${issue.number}/comments`, { body: '/golden-path fix' })
  did('She comments "/golden-path fix" on the issue')
  const { number, head } = await seeFix(stage, repository)
  const [file] = await ada.ask<{ filename: string; patch: string }[]>('GET', `${at}/pulls/${number}/files`)
  for (const line of file?.patch.split('\n').filter(each => each.startsWith('+')) ?? [])
    saw(`${file?.filename}: ${line}`)
  await seeCheckRun(stage, repository, head.sha, 'success')
  const merged = await ada.merge(repository, number)
  did(`She merges it as ${short(merged)}`)
  await seeCheckRun(stage, repository, merged, 'success')
  await seeIssue(stage, repository, 'closed', issue.number)
  await seeEntity(stage, `component:default/${repository}`, isFrom(stage, repository))
}

async function brokenPolicy(stage: Stage): Promise<void> {
  const { ada, witness } = stage
  const repository = '.github'
  const path = 'golden-path.yml'
  const inForce = await ada.head(repository)
  const good = await ada.read(repository, path)
  const bad = changed(good, 'owner-exists: enforce', 'owner-exists: enfroce')
  const broken = await ada.push({ repository, message: 'Ask more', files: { [path]: bad } })
  did(`Ada pushes ${short(broken)} to ${repository}: "owner-exists: enfroce"`)
  const { id, output } = await seeCheckRun(stage, repository, broken, 'failure')
  const [annotation] = await witness.annotations(repository, id)
  const place = new RegExp(`${path}:\\d+:\\d+`).exec(`${output.summary}\n${annotation?.message}`)?.[0]
  if (!place) throw new NotSeen(`the line and column of the mistake on the check run of ${short(broken)}`)
  saw(`at ${place}: ${annotation?.message.split('\n')[0]}`)

  const elsewhere = await ada.push({
    repository: 'handbook',
    message: 'Say where to begin',
    files: { 'README.md': '# Handbook\n\nHow we work. Begin at docs/index.md.\n' },
  })
  did(`She pushes ${short(elsewhere)} to handbook meanwhile`)
  const run = await seeCheckRun(stage, 'handbook', elsewhere, 'success')
  if (!run.output.summary?.includes(short(inForce)))
    throw new NotSeen(`handbook judged by the policy of ${short(inForce)}, the last good one`)
  saw(`judged by the policy of ${short(inForce)}, the last good one`)

  const reverted = await ada.push({ repository, message: 'Revert "Ask more"', files: { [path]: good } })
  did(`She takes the change back with ${short(reverted)}`)
  await seeCheckRun(stage, repository, reverted, 'success')
}

async function previewedPolicy(stage: Stage): Promise<void> {
  const { ada, witness } = stage
  const repository = '.github'
  const path = 'golden-path.yml'
  const more = changed(
    await ada.read(repository, path),
    'techdocs: observe',
    'techdocs: { level: enforce, from: 2031-01-15 }\n      readme-present: enforce',
  )
  const { number, sha } = await ada.propose({
    repository,
    message: 'Ask for documentation',
    branch: 'documentation',
    files: { [path]: more },
  })
  did(`Ada opens pull request #${number} in ${repository}: a README everywhere, TechDocs from January 2031`)
  await seeCheckRun(stage, repository, sha, 'success')
  const preview = await until('the preview, once all that it needs has been read', async () => {
    const run = await witness.checkRun(repository, sha, 'Golden Path preview')
    return run?.output.title?.includes("can't be decided yet") ? undefined : run
  })
  saw(`preview: "${preview.output.title}"`)
  await ada.ask('PATCH', `/repos/${stage.organisation}/${repository}/pulls/${number}`, { state: 'closed' })
  did('She closes it, to talk to those whom it names')
}

interface SeenPullRequest {
  number: number
  title: string
  state: string
  head: { ref: string; sha: string }
}

async function seeFix({ ada, organisation }: Stage, repository: string): Promise<SeenPullRequest> {
  const pull = await until(`a pull request with the fixes in ${repository}`, async () =>
    (await ada.ask<SeenPullRequest[]>('GET', `/repos/${organisation}/${repository}/pulls?state=open`)).find(
      ({ head }) => head.ref.startsWith('golden-path/'),
    ),
  )
  saw(`pull request #${pull.number}: "${pull.title}"`)
  return pull
}

async function offeredPolicy(stage: Stage): Promise<void> {
  const { ada, service } = stage
  const { login } = newcomer
  const told = async (): Promise<string> => {
    const all = (await (await fetch(`${service.url}/api/onboarding`)).json()) as Onboarding
    return all.installations.find(({ account }) => account === login)?.sentence ?? ''
  }
  did(`${login} has installed the App as well. The App says, at /api/onboarding:`)
  for (const sentence of (await told()).match(/.+?\.(?:\s|$)/g) ?? []) saw(sentence.trim())

  await ada.ask('POST', `/orgs/${login}/repos`, { name: '.github', auto_init: true })
  did(`Ada creates ${login}/.github`)
  const [pull] = await until(`a starter policy in ${login}/.github`, async () => {
    const pulls = await ada.ask<SeenPullRequest[]>('GET', `/repos/${login}/.github/pulls`)
    return pulls.length > 0 ? pulls : undefined
  })
  saw(`pull request #${pull?.number}: "${pull?.title}"`)
  const policy = await ada.ask<{ content: string }>(
    'GET',
    `/repos/${login}/.github/contents/golden-path.yml?ref=${pull?.head.ref}`,
  )
  for (const line of Buffer.from(policy.content, 'base64').toString().split('\n'))
    if (/^ {6}[\w-]+: \w+ +#/.test(line)) saw(line.trim())
}

interface Onboarding {
  installations: { account: string; sentence: string }[]
}

async function seeCheckRun(
  { witness }: Stage,
  repository: string,
  sha: string,
  conclusion: 'success' | 'failure',
): Promise<SeenCheckRun> {
  const started = performance.now()
  let last = 'none'
  const run = await until(`the check run of ${repository} at ${short(sha)}: ${conclusion}`, async () => {
    const found = await witness.checkRun(repository, sha)
    last = found ? `${found.conclusion}, "${found.output.title}"` : 'none'
    return found?.conclusion === conclusion ? found : undefined
  }).catch(error => {
    throw error instanceof NotSeen ? new NotSeen(`${error.message}; seen: ${last}`) : error
  })
  saw(`check run: ${run.conclusion}, "${run.output.title}" (${secondsSince(started)} s)`)
  return run
}

async function seeIssue(
  { witness }: Stage,
  repository: string,
  state: 'open' | 'closed',
  number?: number,
): Promise<SeenIssue> {
  const issue = await until(`issue ${number ? `#${number} ` : ''}of ${repository}: ${state}`, async () =>
    (await witness.issues(repository)).find(
      each => each.state === state && (number === undefined || each.number === number),
    ),
  )
  saw(`issue #${issue.number}: ${issue.state}, "${issue.title}"`)
  return issue
}

async function seeEntity(
  { witness }: Stage,
  ref: string,
  isAsExpected: (entity: SeenEntity) => boolean,
): Promise<void> {
  const entity = await until(`${ref} in Backstage's catalogue`, async () =>
    (await witness.entities()).find(each => each.ref === ref && isAsExpected(each)),
  )
  const origin = new URL(entity.origin).pathname.split('/').slice(1, 3).join('/')
  saw(`in Backstage: ${entity.ref} from ${origin}, owned by ${entity.owner}`)
}

const isFrom =
  ({ witness }: Stage, repository: string) =>
  (entity: SeenEntity): boolean =>
    witness.from(repository, [entity]).length > 0

const short = (sha: string): string => sha.slice(0, 7)

/** A sample that no longer says what the story changes would make it tell nothing. */
function changed(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`The sample organisation no longer says "${from}"`)
  return text.replace(from, to)
}

const component = (name: string): string => `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: ${name}
  description: Money back to customers
spec:
  type: service
  lifecycle: experimental
  owner: payments
`
