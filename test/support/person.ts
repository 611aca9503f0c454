import { z } from 'zod'
import type { EmulatedGitHub } from '../../demo/github/start.ts'

/** An owner of the organisation at work, through the REST API as any outside program would do it. */
export function person(github: Pick<EmulatedGitHub, 'url' | 'userToken'>, owner = 'acme') {
  const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${github.url}/api/v3${path}`, {
      method,
      headers: { authorization: `token ${github.userToken}`, 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 500)}`)
    return text === '' ? undefined : JSON.parse(text)
  }
  const sha = z.object({ sha: z.string() })
  const head = async (repository: string, branch = 'main'): Promise<string> =>
    z.object({ object: sha }).parse(await ask('GET', `/repos/${owner}/${repository}/git/ref/heads/${branch}`))
      .object.sha

  return {
    ask,
    head,
    /** One commit with any number of files; `undefined` deletes one. Answers with the new head. */
    commit: async (
      repository: string,
      files: Record<string, string | undefined>,
      branch = 'main',
      message = 'Change files',
    ): Promise<string> => {
      const base = `/repos/${owner}/${repository}/git`
      const parent = await head(repository, branch)
      const { tree } = z.object({ tree: sha }).parse(await ask('GET', `${base}/commits/${parent}`))
      const made = sha.parse(
        await ask('POST', `${base}/trees`, {
          base_tree: tree.sha,
          tree: Object.entries(files).map(([path, content]) => ({
            path,
            mode: '100644',
            type: 'blob',
            ...(content === undefined ? { sha: null } : { content }),
          })),
        }),
      )
      const commit = sha.parse(
        await ask('POST', `${base}/commits`, { message, tree: made.sha, parents: [parent] }),
      )
      await ask('PATCH', `${base}/refs/heads/${branch}`, { sha: commit.sha })
      return commit.sha
    },
    branch: async (repository: string, name: string, from?: string): Promise<void> => {
      await ask('POST', `/repos/${owner}/${repository}/git/refs`, {
        ref: `refs/heads/${name}`,
        sha: from ?? (await head(repository)),
      })
    },
    openPullRequest: async (repository: string, headBranch: string, title = 'A change'): Promise<number> =>
      z.object({ number: z.number() }).parse(
        await ask('POST', `/repos/${owner}/${repository}/pulls`, {
          title,
          head: headBranch,
          base: 'main',
        }),
      ).number,
    merge: async (repository: string, number: number): Promise<void> => {
      await ask('PUT', `/repos/${owner}/${repository}/pulls/${number}/merge`, {})
    },
  }
}

const requestsShape = z.object({
  total: z.number(),
  read: z.number(),
  write: z.number(),
  token: z.number(),
  byRoute: z.record(z.string(), z.number()),
})

const stateShape = z.object({
  repositories: z.record(
    z.string(),
    z.object({
      checkRuns: z.array(
        z.object({
          headSha: z.string(),
          name: z.string(),
          status: z.string(),
          conclusion: z.string().nullable(),
          title: z.string().nullish(),
        }),
      ),
      issues: z.array(
        z.object({ number: z.number(), title: z.string(), state: z.string(), byApp: z.boolean() }),
      ),
      pullRequests: z.array(
        z.object({ number: z.number(), title: z.string(), state: z.string(), byApp: z.boolean() }),
      ),
    }),
  ),
})

export type GitHubState = z.infer<typeof stateShape>

/** The emulator's own view, which the app can't influence. */
export function observer(url: string) {
  const control = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${url}/_emulator/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`${method} /_emulator/${path} answered ${response.status}`)
    const text = await response.text()
    return text === '' ? undefined : JSON.parse(text)
  }
  const state = async (): Promise<GitHubState> => stateShape.parse(await control('GET', 'state'))
  return {
    control,
    state,
    repository: async (name: string) => {
      const found = (await state()).repositories[`acme/${name}`]
      if (!found) throw new Error(`The emulated GitHub has no acme/${name}`)
      return found
    },
    requests: async () => requestsShape.parse(await control('GET', 'requests')),
    resetRequests: () => control('DELETE', 'requests'),
  }
}
