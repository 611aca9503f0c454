import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type OrganisationSeed, startGitHub } from '../../demo/github/start.ts'
import { type Person, person as personAt } from '../../demo/person.ts'
import { createAccept } from '../../src/intake/accept.ts'
import type { Incoming } from '../../src/intake/to-jobs.ts'
import { startJobsAt } from './in-process.ts'

export interface Comment {
  id: number
  body: string
  user: { login: string }
}

/**
 * The emulated GitHub with people of different roles, its deliveries taken in by the real intake, and the real jobs: all in
 * this process, so that a test says what somebody comments and reads what came of it.
 */
export async function openConversation(org: Omit<OrganisationSeed, 'login'>, start: string) {
  let hear: (incoming: Incoming) => Promise<void> = async () => {}
  const heard: Incoming[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', chunk => chunks.push(chunk))
    request.on('end', () => {
      const incoming = {
        guid: `${request.headers['x-github-delivery']}`,
        event: `${request.headers['x-github-event']}`,
        payload: JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown,
      }
      heard.push(incoming)
      hear(incoming).then(
        () => response.writeHead(202).end(),
        () => response.writeHead(500).end(),
      )
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const github = await startGitHub({ webhook: `http://127.0.0.1:${port}/`, org: { login: 'acme', ...org } })
  const jobs = await startJobsAt(github, start, {
    unlimited: true,
    // A crash is tried again at once.
    retry: { tries: 5, delaySeconds: 0, maxDelaySeconds: 1 },
  })
  hear = createAccept(jobs.store, jobs.deps.queue, { appId: github.appId, appSlug: github.slug })

  const as = (login: string): Person => personAt(github.url, github.tokenFor(login), 'acme')
  const owner = personAt(github.url, github.userToken, 'acme')
  const idOf = async (repository: string): Promise<number> =>
    (await owner.ask<{ id: number }>('GET', `/repos/acme/${repository}`)).id
  const settled = async (): Promise<void> => {
    let before: number
    do {
      before = github.deliveries.all().length
      await github.deliveries.settled()
      await jobs.idle()
    } while (before !== github.deliveries.all().length)
  }
  const thread = (repository: string, issue: number): Promise<Comment[]> =>
    owner.ask('GET', `/repos/acme/${repository}/issues/${issue}/comments?per_page=100`)
  const isOurs = ({ user }: Comment): boolean => user.login === `${github.slug}[bot]`
  return {
    github,
    jobs,
    heard,
    as,
    owner,
    idOf,
    settled,
    thread,
    /** The delivery once more, under a GUID of its own or the same. */
    hearAgain: (incoming: Incoming) => hear(incoming),
    /** Comments as somebody, waits until all is settled and answers with the replies to that comment. */
    comment: async (login: string, repository: string, issue: number, body: string) => {
      const { id } = await as(login).ask<Comment>(
        'POST',
        `/repos/acme/${repository}/issues/${issue}/comments`,
        { body },
      )
      await settled()
      const replies = (await thread(repository, issue)).filter(
        each => isOurs(each) && each.body.includes(`<!-- golden-path:reply:${id} -->`),
      )
      return { id, replies: replies.map(each => each.body) }
    },
    fault: async (fault: Record<string, unknown>): Promise<void> => {
      const response = await fetch(`${github.url}/_emulator/faults`, {
        method: 'POST',
        body: JSON.stringify(fault),
      })
      if (!response.ok) throw new Error(`The fault was refused: ${response.status}`)
    },
    stop: async () => {
      await jobs.stop()
      await github.stop()
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
