import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { createEmulator, defineEmulator } from 'emulate'
import type { Store } from './store.ts'
import type { Caller } from './vocabulary.ts'

interface Plugin {
  register(app: object, store: Store, webhooks: object, baseUrl: string, tokens: Map<string, unknown>): void
}
type Route = (path: string, handler: (context: never) => unknown) => void
export interface Emulate {
  /** Ask emulate's own routes as this caller. `path` starts after /api/v3. */
  ask(request: Request, caller: Caller): Promise<Response>
  close(): Promise<void>
}

/**
 * emulate's GitHub routes over a store of ours. The package opens no door to the state of its built-in services, and
 * over HTTP neither payloads nor GraphQL could be drawn from it; so its plugin is taken from the one file that
 * exports it (the version is pinned exactly) and registered on an emulator made through the public API.
 */
export async function startEmulate(store: Store, baseUrl: string, identify: Identify): Promise<Emulate> {
  const plugin = await loadPlugin()
  const definition = defineEmulator({
    name: 'github',
    state: () => ({}),
    cors: false,
    setup({ app }) {
      app.onError((error, context) => {
        const status = (error as { status?: number }).status ?? 500
        const message = error instanceof Error ? error.message : 'Server Error'
        // emulate says "Forbidden" where GitHub says which kind of caller lacks what.
        const sentence = message === 'Forbidden' ? 'Resource not accessible by integration' : message
        return context.json(
          { message: sentence, documentation_url: DOCUMENTATION, status: `${status}` },
          status,
        )
      })
      app.notFound(context =>
        context.json({ message: 'Not Found', documentation_url: DOCUMENTATION, status: '404' }, 404),
      )
      app.use(async (context, next) => {
        const header = context.req.header(CALLER_HEADER)
        const user = header ? identify(JSON.parse(header) as Caller) : undefined
        if (user) context.set('authUser', user)
        await next()
      })
      const register = (method: 'get' | 'post' | 'put' | 'patch' | 'delete'): Route =>
        function addRoute(path, handler) {
          // Its inspection routes would take a name that defineEmulator keeps for itself.
          if (!path.startsWith('/_emulate')) app[method](path, handler as never)
        }
      const facade = {
        get: register('get'),
        post: register('post'),
        put: register('put'),
        patch: register('patch'),
        delete: register('delete'),
        use: () => undefined,
      }
      plugin.register(facade, store, { dispatch: async () => undefined }, baseUrl, new Map())
    },
  })
  const emulator = await createEmulator({ service: definition, listen: false, baseUrl })
  return {
    ask(request, caller) {
      const headers = new Headers(request.headers)
      headers.set(CALLER_HEADER, JSON.stringify(caller))
      return emulator.fetch(new Request(request, { headers }))
    },
    close: () => emulator.close(),
  }
}

/** What emulate wants to know of a caller; undefined for one that is nobody. */
export type Identify = (caller: Caller) => object | undefined
export const DOCUMENTATION = 'https://docs.github.com/rest'
/** Only ever set here: what comes from outside under this name is overwritten. */
const CALLER_HEADER = 'x-emulator-caller'

async function loadPlugin(): Promise<Plugin> {
  const folder = dirname(fileURLToPath(import.meta.resolve('emulate')))
  for (const name of await readdir(folder)) {
    if (!/^dist-.*\.js$/.test(name)) continue
    const path = join(folder, name)
    if (!(await readFile(path, 'utf8')).includes('  githubPlugin,\n')) continue
    const module: { githubPlugin: Plugin } = await import(pathToFileURL(path).href)
    return module.githubPlugin
  }
  throw new Error(`No file in ${folder} exports githubPlugin: is emulate still at 0.12.2?`)
}
