import { parseArgs } from 'node:util'
import { startGitHub } from './start.ts'

const { values } = parseArgs({
  options: { port: { type: 'string' }, org: { type: 'string' }, webhook: { type: 'string' } },
})
const github = await startGitHub({
  port: values.port === undefined ? undefined : Number(values.port),
  org: values.org,
  webhook: values.webhook,
})
const { url, appId, privateKeyPath, webhookSecret, userToken, installations } = github
console.log(JSON.stringify({ url, appId, privateKeyPath, webhookSecret, userToken, installations }))

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    github.stop().then(() => process.exit(0))
  })
