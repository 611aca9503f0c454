/** Where a file says another one is: in this repository, elsewhere, or nowhere we or Backstage should go. */
export type Place =
  | { in: 'repository'; path: string }
  | { in: 'elsewhere'; host: string; otherRepository: boolean }
  | { in: 'nowhere'; why: string }

/** The repository whose file speaks. Without it every URL lies elsewhere. */
export interface Home {
  /** `https://github.com/acme/payments-api` */
  url: string
  defaultBranch?: string
}

/** Git's own limit is 4,096; nobody types one as long as this. */
const longestPath = 1_024

/**
 * @param from path of the file that names the other.
 * @param reference relative (`./api.yaml`), from the root (`/docs/api.yaml`), or a URL. Globs are left as they are.
 */
export const placeOf = (from: string, reference: string, home?: Home): Place => {
  if (reference.length > longestPath) return { in: 'nowhere', why: 'is longer than any path' }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\x00-\x1f\x7f]/.test(reference)) return { in: 'nowhere', why: 'holds control characters' }
  const url = URL.parse(reference)
  if (url) return placeOfUrl(url, home)
  return within(reference.startsWith('/') ? '' : from, reference)
}

const within = (from: string, reference: string): Place => {
  const segments = from.split('/').slice(0, -1)
  for (const segment of reference.split('/')) {
    if (segment === '' || segment === '.') continue
    if (segment !== '..') segments.push(segment)
    else if (segments.pop() === undefined) return { in: 'nowhere', why: 'leads out of the repository' }
  }
  return segments.length === 0
    ? { in: 'nowhere', why: 'names no file' }
    : { in: 'repository', path: segments.join('/') }
}

const placeOfUrl = (url: URL, home: Home | undefined): Place => {
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return {
      in: 'nowhere',
      why: `is a ${url.protocol} address, which only the machine that reads it could follow`,
    }
  const base = home ? URL.parse(home.url) : null
  if (base && url.host === base.host) {
    const root = `${base.pathname.replace(/\/$/, '')}/`
    if (!url.pathname.toLowerCase().startsWith(root.toLowerCase()))
      return { in: 'elsewhere', host: url.host, otherRepository: true }
    const path = pathInRepository(url.pathname.slice(root.length), home?.defaultBranch)
    return path ? within('', path) : { in: 'elsewhere', host: url.host, otherRepository: false }
  }
  if (isPrivateHost(url.hostname))
    return { in: 'nowhere', why: `is an address inside a private network, ${url.hostname}` }
  return { in: 'elsewhere', host: url.host, otherRepository: false }
}

/** `blob/main/docs/api.yaml`; another branch or tag is another file. */
const pathInRepository = (rest: string, defaultBranch: string | undefined): string | undefined => {
  const decoded = decode(rest)
  const [view, after] = /^(?:blob|tree|raw|edit)\/([\s\S]+)$/.exec(decoded ?? '') ?? []
  if (!view || !after) return undefined
  for (const branch of defaultBranch ? [defaultBranch, 'HEAD'] : ['main', 'master', 'HEAD'])
    if (after.startsWith(`${branch}/`)) return after.slice(branch.length + 1)
  return undefined
}

const decode = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/** Loopback, link-local, private and reserved ranges, and names without a dot. `URL` has already undone 0x7f.1 and the like. */
export const isPrivateHost = (hostname: string): boolean => {
  const host = hostname.toLowerCase().replace(/\.$/, '')
  if (host.startsWith('[')) return isPrivateIPv6(host.slice(1, -1))
  const octets = host.split('.').map(Number)
  if (octets.length === 4 && octets.every(octet => Number.isInteger(octet) && octet >= 0 && octet <= 255))
    return isPrivateIPv4(octets)
  return !host.includes('.') || /\.(?:localhost|local|internal|intranet|lan|home|corp|test|arpa)$/.test(host)
}

const isPrivateIPv4 = ([first = 0, second = 0]: number[]): boolean =>
  first === 0 ||
  first === 10 ||
  first === 127 ||
  first >= 224 ||
  (first === 100 && second >= 64 && second <= 127) ||
  (first === 169 && second === 254) ||
  (first === 172 && second >= 16 && second <= 31) ||
  (first === 192 && second === 168) ||
  (first === 198 && (second === 18 || second === 19))

// Global unicast is 2000::/3; every other prefix is private, local or reserved, the mapped IPv4 ones among them.
const isPrivateIPv6 = (address: string): boolean => !/^[23][0-9a-f]{3}:/.test(address)
