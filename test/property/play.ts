import type { Incoming } from '../../src/intake/to-jobs.ts'
import { evaluate } from '../../src/policy/evaluate.ts'
import { breaches, reachable, type Seen } from './invariants.ts'
import type { Answer, SequenceWorld } from './sequence-world.ts'
import { startLife } from './service-life.ts'
import { catalogue, policies, pushes, type Step } from './steps.ts'
import { count, type Tally } from './tally.ts'

const START = Date.parse('2026-11-22T09:00:00Z')
let played = 0

/** Plays a sequence in an organisation of its own; answers with what is wrong after which step, nothing when all is well. */
export async function play(world: SequenceWorld, steps: readonly Step[], tally: Tally): Promise<string[]> {
  const org = `o${++played}`
  const installation = world.add({
    login: org,
    users: ['pat'],
    teams: [{ slug: 'payments', members: ['pat'], repositories: { web: 'push' } }],
    repositories: {
      '.github': { private: true, files: { 'golden-path.yml': policies['fix by itself'] } },
      web: {
        private: true,
        files: {
          'catalog-info.yaml': catalogue(org, 'payments'),
          CODEOWNERS: `* @${org}/payments\n`,
          'README.md': '# web\n',
        },
      },
    },
  })
  const webId = world.github.world.repository(org, 'web')?.databaseId ?? 0
  const life = startLife(world, installation, START)
  const ask = (method: string, path: string, body?: unknown) =>
    world.person(method, `/repos/${org}/web${path}`, body)
  const seen: Seen = {
    bot: `${world.github.slug}[bot]`,
    persons: new Set(),
    touched: new Map(),
    failing: [],
    closings: 0,
    commands: new Map(),
  }
  const heard: Incoming[] = []
  const { db } = world.github.world

  const ours = <Row extends { user_id: number; number: number }>(rows: Row[]): Row | undefined =>
    rows
      .filter(row => world.github.world.userById(row.user_id)?.login === seen.bot)
      .sort((a, b) => b.number - a.number)[0]
  const issue = () => ours(db.issues.findBy('repo_id', webId).filter(row => !row.is_pull_request))
  const pull = () => ours(db.pullRequests.findBy('repo_id', webId))

  async function write(
    repository: string,
    path: string,
    text: string | undefined,
    branch?: string,
  ): Promise<string | undefined> {
    const at = `/repos/${org}/${repository}/contents/${path}`
    const known = await world.person('GET', branch ? `${at}?ref=${encodeURIComponent(branch)}` : at)
    const sha = known.status === 200 ? known.body.sha : undefined
    if (text === undefined && !sha) return undefined
    const content = text === undefined ? {} : { content: Buffer.from(text).toString('base64') }
    const body = { message: 'By hand', ...content, ...(sha ? { sha } : {}), ...(branch ? { branch } : {}) }
    const done = await world.person(text === undefined ? 'DELETE' : 'PUT', at, body)
    return done.body?.commit?.sha
  }

  async function perform(step: Step): Promise<void> {
    switch (step.do) {
      case 'push': {
        const [path, text] = pushes[step.what]
        await write('web', path, text?.(org))
        return
      }
      case 'policy':
        await write('.github', 'golden-path.yml', policies[step.variant])
        return
      case 'issue': {
        const number = issue()?.number
        if (!number) return
        if (step.how === 'delete')
          await world.person('POST', '/_emulator/delete-issue', { repository: `${org}/web`, number })
        else if (step.how === 'lock') await ask('PUT', `/issues/${number}/lock`)
        else if (step.how === 'unlock') await ask('DELETE', `/issues/${number}/lock`)
        else if (step.how === 'rename') await ask('PATCH', `/issues/${number}`, { title: 'Mine now' })
        else await ask('PATCH', `/issues/${number}`, { state: step.how === 'close' ? 'closed' : 'open' })
        return
      }
      case 'pull': {
        const row = pull()
        if (!row) return
        if (step.how === 'merge') await ask('PUT', `/pulls/${row.number}/merge`)
        else if (step.how === 'delete branch') await ask('DELETE', `/git/refs/heads/${row.head_ref}`)
        else if (step.how === 'ready')
          await world.person('POST', '/_emulator/draft', {
            repository: `${org}/web`,
            number: row.number,
            draft: false,
          })
        else if (step.how === 'rename') await ask('PATCH', `/pulls/${row.number}`, { title: 'Mine now' })
        else await ask('PATCH', `/pulls/${row.number}`, { state: step.how === 'close' ? 'closed' : 'open' })
        return
      }
      case 'push to ours': {
        const row = pull()
        if (!row) return
        const before = world.github.world.ref(webId, `refs/heads/${row.head_ref}`)?.sha
        if (!before) return
        if (step.force) await forcePush(row.head_ref)
        else await write('web', 'NOTES.md', `${Math.random()}\n`, row.head_ref)
        const after = world.github.world.ref(webId, `refs/heads/${row.head_ref}`)?.sha
        if (!after || after === before) return
        // What one person pushes over another's commit is between the two of them.
        const left = reachable(world.github.world, webId)
        seen.persons = new Set([...seen.persons, after].filter(sha => left.has(sha)))
        seen.touched.set(row.head_ref, after)
        return
      }
      case 'comment': {
        const number = (step.on === 'issue' ? issue() : pull())?.number
        if (!number) return
        const made = await ask('POST', `/issues/${number}/comments`, { body: step.text })
        if (made.status === 201) seen.commands.set(made.body.id, step.text)
        return
      }
      case 'button': {
        const run = db.checkRuns.findBy('repo_id', webId).at(-1)
        if (run)
          await world.person('POST', '/_emulator/requested-action', {
            repository: `${org}/web`,
            checkRun: run.id,
            action: run.actions?.[0]?.identifier ?? 'fix',
          })
        return
      }
      case 'redeliver': {
        const again = heard.at(-1 - step.back)
        if (again) await life.hear(again)
        return
      }
      case 'mishap':
        life.goWrong(step.mishap)
        return
      case 'days':
        life.pass(step.days)
    }
  }
  /** One commit of a person in place of ours, on top of the default branch. */
  async function forcePush(branch: string): Promise<void> {
    const tip = (await ask('GET', '/git/ref/heads/main')).body.object.sha
    const base = (await ask('GET', `/git/commits/${tip}`)).body.tree.sha
    const entry = { path: 'NOTES.md', mode: '100644', type: 'blob', content: `${Math.random()}\n` }
    const tree: Answer = (await ask('POST', '/git/trees', { base_tree: base, tree: [entry] })).body
    const commit = await ask('POST', '/git/commits', { message: 'By hand', tree: tree.sha, parents: [tip] })
    await ask('PATCH', `/git/refs/heads/${branch}`, { sha: commit.body.sha, force: true })
  }

  async function settle(): Promise<void> {
    const news = await life.settle(org)
    heard.push(...news)
    await look(news)
  }
  /** What the policy in force says of what was last seen: a state, whose changes may be told. */
  async function look(news: readonly Incoming[]): Promise<void> {
    const { store, policies: book, now } = life.deps()
    const repository = await store.repositories.get(webId)
    const snapshot = repository && (await store.snapshots.latest(repository.id))
    const inForce = repository && (await book.inForce(repository))
    if (snapshot && inForce) {
      const verdict = evaluate(snapshot, inForce.policy, now())
      const failing = verdict.controls
        .filter(each => each.level !== 'observe')
        .map(each => `${each.id} ${each.level} ${each.status}`)
        .join()
      if (seen.failing.at(-1) !== failing) seen.failing.push(failing)
    }
    seen.closings += news.filter(({ event, payload }) => isClosing(event, payload as Answer)).length
  }
  const isClosing = (event: string, payload: Answer): boolean =>
    event === 'pull_request' && payload.action === 'closed' && payload.sender?.login === seen.bot

  life.begin()
  await settle()
  for (const [index, step] of steps.entries()) {
    tally.steps += 1
    await perform(step)
    await settle()
    const wrong = breaches(world.github.world, webId, seen, heard)
    if (wrong.length > 0)
      return wrong.map(each => `after step ${index + 1} (${JSON.stringify(step)}): ${each}`)
  }
  count(tally, world.github.world, webId, seen)
  tally.mishaps += life.mishaps()
  return []
}
