import { noSecretFiles } from '../../src/controls/no-secret-files.ts'
import { unknown } from '../../src/snapshot/snapshot.ts'
import { controlTable } from '../support/control-table.ts'
import { metadata } from '../support/facts.ts'

const passes = 'No file has a name that a file of secrets has.'
const found = (path: string, what: string): string =>
  `${path} ${path} has the name of ${what}. Expected no secret in the repository, where everybody who may read it has it.`

controlTable(noSecretFiles, {
  pass: {
    'samples, and what only sounds alike': {
      tree: [
        '.env.example',
        'services/pay/.env.sample',
        'template.env',
        'environment.ts',
        'keys.ts',
        'docs/env',
        'id_rsa.pub',
        'certs/ca.pem',
        'certs/public.pem',
        'tls/fullchain.pem',
        'tls/client-csr.pem',
      ],
      says: passes,
    },
    'what tests are made of': { tree: ['pkg/testdata/server.key', 'test/fixtures/.env'], says: passes },
    "the keys of a test's server": {
      tree: ['test/__certs__/server-key.pem', 'app/src/test/resources/keystore.jks', 'tests/tls/redis.key'],
      says: passes,
    },
    'what the policy leaves out': {
      tree: ['dev/.env'],
      parameters: { ignore: ['dev/**'] },
      says: passes,
    },
  },
  fail: {
    environments: {
      tree: ['.env', 'services/pay/.env.production', 'config/prod.env'],
      says: [
        found('.env', 'a file of environment variables'),
        found('services/pay/.env.production', 'a file of environment variables'),
        found('config/prod.env', 'a file of environment variables'),
      ],
      next: 'Replace what it holds with a new secret first, then remove .env and name it in .gitignore',
    },
    'an environment, also in the tests': {
      tree: ['tests/.env'],
      says: found('tests/.env', 'a file of environment variables'),
    },
    'keys, stores of keys and credentials': {
      tree: ['id_ed25519', 'tls/server.PEM', 'app.p12', 'gcp/credentials.json', 'infra/terraform.tfstate'],
      says: [
        found('id_ed25519', 'a private key'),
        found('tls/server.PEM', 'a private key'),
        found('app.p12', 'a store of keys'),
        found('gcp/credentials.json', 'a file of credentials'),
        found('infra/terraform.tfstate', 'a file of credentials'),
      ],
    },
  },
  unknown: {
    'no list of files': {
      tree: unknown('offline', 'The list of files was not asked for'),
      says: 'The list of files was not asked for.',
    },
  },
  'not-applicable': {
    'a repository without a commit': {
      tree: [],
      facts: { metadata: metadata({ isEmpty: true }) },
      says: 'The repository has no commit yet.',
    },
  },
})
