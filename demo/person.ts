/** Somebody with a token, at work through GitHub's REST API as from any program. */
export interface Person {
  ask: <T = unknown>(method: string, path: string, body?: unknown) => Promise<T>
  read: (repository: string, path: string) => Promise<string>
  head: (repository: string, branch?: string) => Promise<string>
  /** Resolves to the commit. An empty repository is begun by its first file. */
  push: (change: Push) => Promise<string>
  /** A branch with one commit, and a pull request of it. */
  propose: (change: Push & { branch: string }) => Promise<{ number: number; sha: string }>
  /** Resolves to the commit that the default branch is at then. */
  merge: (repository: string, pullRequest: number) => Promise<string>
}

export interface Push {
  repository: string
  message: string
  files: Record<string, string>
  branch?: string
}

interface Sha {
  sha: string
}

export function person(githubUrl: string, token: string, owner: string): Person {
  const ask = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(`${githubUrl}/api/v3${path}`, {
      method,
      headers: { authorization: `token ${token}`, 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 300)}`)
    return (text === '' ? undefined : JSON.parse(text)) as T
  }
  const at = (repository: string): string => `/repos/${owner}/${repository}`
  const head = async (repository: string, branch = 'main'): Promise<string> =>
    (await ask<{ object: Sha }>('GET', `${at(repository)}/git/ref/heads/${branch}`)).object.sha

  const push = async ({ repository, message, files, branch = 'main' }: Push): Promise<string> => {
    const git = `${at(repository)}/git`
    const parent = await head(repository, branch)
    const before = await ask<{ tree: Sha }>('GET', `${git}/commits/${parent}`)
    const tree = await ask<Sha>('POST', `${git}/trees`, {
      base_tree: before.tree.sha,
      tree: Object.entries(files).map(([path, content]) => ({ path, mode: '100644', type: 'blob', content })),
    })
    const commit = await ask<Sha>('POST', `${git}/commits`, { message, tree: tree.sha, parents: [parent] })
    await ask('PATCH', `${git}/refs/heads/${branch}`, { sha: commit.sha })
    return commit.sha
  }

  return {
    ask,
    head,
    push,
    read: async (repository, path) => {
      const file = await ask<{ content: string }>('GET', `${at(repository)}/contents/${path}`)
      return Buffer.from(file.content, 'base64').toString()
    },
    propose: async change => {
      const { repository, message, branch } = change
      await ask('POST', `${at(repository)}/git/refs`, {
        ref: `refs/heads/${branch}`,
        sha: await head(repository),
      })
      const sha = await push(change)
      const pull = await ask<{ number: number }>('POST', `${at(repository)}/pulls`, {
        title: message,
        head: branch,
        base: 'main',
      })
      return { number: pull.number, sha }
    },
    merge: async (repository, pullRequest) => {
      const merged = await ask<Sha>('PUT', `${at(repository)}/pulls/${pullRequest}/merge`, {})
      return merged.sha
    },
  }
}
