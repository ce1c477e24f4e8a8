// What runs in the images backend:v1 and frontend:v1: a server that answers with its host's name, after `?ms=` if asked.
// PORT is its port, 8080 where not given; SPEAKS is `http`, or `h2c` for HTTP/2 without TLS.
import { createServer } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import { hostname } from 'node:os'

const { PORT = '8080', SPEAKS = 'http' } = process.env

const answer = (request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://backend')
  const text = pathname === '/health' ? 'OK\n' : `${hostname()}\n`
  setTimeout(() => response.end(text), Number(searchParams.get('ms') ?? 0))
}
const server = SPEAKS === 'h2c' ? createHttp2Server(answer) : createServer(answer)
server.listen(Number(PORT))
process.on('SIGTERM', () => {
  server.close(() => process.exit())
  server.closeIdleConnections?.()
})
