// What runs in the images backend:v1 and frontend:v1: a server on port 8080 that answers with its host's name.
import { createServer } from 'node:http'
import { hostname } from 'node:os'

const server = createServer((request, response) => {
  response.end(request.url === '/health' ? 'OK\n' : `${hostname()}\n`)
})
server.listen(8080)
process.on('SIGTERM', () => {
  server.close(() => process.exit())
  server.closeIdleConnections()
})
