import type { CatalogApi } from '@backstage/catalog-client'

/** A Backstage that does not answer must not hold up a verdict for longer. */
const timeLimitMilliseconds = 10_000

/**
 * Backstage's own client with the token and the time limit in it. Loaded when first needed: most commands never ask
 * Backstage, and its packages take a while to import. `url` is the backend's: `https://backstage.example.com`.
 */
export async function createCatalogueClient(options: { url: string; token?: string }): Promise<CatalogApi> {
  const { CatalogClient } = await import('@backstage/catalog-client')
  const base = options.url.replace(/\/+$/, '')
  return new CatalogClient({
    discoveryApi: { getBaseUrl: async plugin => `${base}/api/${plugin}` },
    fetchApi: {
      fetch: (input, init) => {
        const headers = new Headers(init?.headers)
        if (options.token) headers.set('authorization', `Bearer ${options.token}`)
        const signal = AbortSignal.timeout(timeLimitMilliseconds)
        // A redirect could carry the token to another host.
        return fetch(input, { ...init, headers, signal, redirect: 'error' })
      },
    },
  })
}
