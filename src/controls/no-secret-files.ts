import { nameOf } from '../snapshot/files/tree-files.ts'
import { plain } from '../snapshot/quoted-text.ts'
import type { Control } from './control.ts'
import { failIfAny, pass } from './control.ts'
import { evidenceOf } from './evidence.ts'
import { bounded } from './support/bounded.ts'
import { namedFiles } from './support/named-files.ts'
import { globs } from './support/parameter.ts'

const messages = {
  found: (path: string, what: string): string =>
    `${plain(path)} has the name of ${what}. Expected no secret in the repository, where everybody who may read it has it.`,
}

/** Keys that a test's server shows to a test's client are made to be known. An `.env` of a test may still hold a password. */
const ignore = globs([
  '**/testdata/**',
  '**/fixtures/**',
  '**/__fixtures__/**',
  '**/{test,tests,__tests__}/**/*.{pem,key,p12,pfx,jks,keystore}',
])

export const noSecretFiles: Control = {
  id: 'no-secret-files',
  title: 'No secret files committed',
  why: 'A key that was committed once is known to everybody who ever cloned the repository.',
  satisfies: evidenceOf('no-secret-files'),
  // By name alone: what is in these files must not get into our database as well.
  reads: { files: [], facts: ['metadata'], tree: true },
  parameters: { ignore },
  check: (snapshot, context) => {
    const files = namedFiles(snapshot, context, ignore, ({ path }) => kindOf(nameOf(path).toLowerCase()))
    if ('status' in files) return files
    const findings = files.map(({ path, kind }) => ({
      message: messages.found(path, kind),
      location: { path },
      next: `Replace what it holds with a new secret first, then remove ${plain(path)} and name it in .gitignore`,
    }))
    return failIfAny(bounded(findings), () => pass('No file has a name that a file of secrets has.'))
  },
}

const key = 'a private key'
const keyStore = 'a store of keys'
const credentials = 'a file of credentials'
const environment = 'a file of environment variables'

const names: ReadonlyMap<string, string> = new Map([
  ...['id_rsa', 'id_dsa', 'id_ecdsa', 'id_ed25519'].map(name => [name, key] as const),
  ...[
    'credentials.json',
    'client_secret.json',
    'service-account.json',
    'service_account.json',
    'serviceaccount.json',
    '.netrc',
    '_netrc',
    '.pgpass',
    '.pypirc',
    '.git-credentials',
    '.htpasswd',
    '.dockercfg',
    'kubeconfig',
    'secrets.tfvars',
    'terraform.tfstate',
  ].map(name => [name, credentials] as const),
])

const extensions: ReadonlyMap<string, string> = new Map([
  ...['pem', 'key', 'ppk'].map(extension => [extension, key] as const),
  ...['p12', 'pfx', 'jks', 'keystore', 'kdbx', 'bks'].map(extension => [extension, keyStore] as const),
  ['tfstate', credentials],
])

/** Made to be filled in, by somebody who copies it. */
const samples = /(?:^|[._-])(?:example|examples|sample|template|dist|defaults?|schema|tpl|test|ci)(?:[._-]|$)/

const kindOf = (name: string): string | undefined => {
  const named = names.get(name)
  if (named !== undefined) return named
  if (name.endsWith('.env') || name.startsWith('.env.')) return samples.test(name) ? undefined : environment
  const dot = name.lastIndexOf('.')
  const kind = dot < 0 ? undefined : extensions.get(name.slice(dot + 1))
  return kind !== undefined &&
    /\.pub\.|public|(?:^|[._-])(?:ca|cacert|chain|fullchain|cert|crt|csr)(?:[._-]|$)/.test(name)
    ? undefined
    : kind
}
