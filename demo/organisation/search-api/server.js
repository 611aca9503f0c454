import { readFile } from 'node:fs/promises'
import fastify from 'fastify'

const index = JSON.parse(await readFile('index.json', 'utf8'))
const server = fastify({ logger: true })
server.get('/search', async request => index[request.query.q] ?? [])
await server.listen({ port: 8080 })
