import fastify from 'fastify'

const server = fastify({ logger: true })
server.get('/healthz', async () => ({ status: 'ok' }))
server.post('/payments', async request => ({ accepted: true, amount: request.body.amount }))
await server.listen({ port: 8080 })
