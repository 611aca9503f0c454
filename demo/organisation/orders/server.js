import { createServer } from 'node:http'

createServer((_request, response) => response.end('ok')).listen(8080)
