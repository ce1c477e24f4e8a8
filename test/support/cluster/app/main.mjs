// What runs in the images backend:v1 and frontend:v1: a server that answers with its host's name, after `?ms=` if asked.
// `/health` gives OK, `/bytes/N` that many bytes. PORT is its port, 8080 where not given; SPEAKS is `http`, `h2c` for HTTP/2
// without TLS, or `https` for TLS with the certificate in /tls and clients that show one of the same CA.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import { createServer as createTlsServer } from 'node:https'
import { hostname } from 'node:os'
import { Readable } from 'node:stream'

const { PORT = '8080', SPEAKS = 'http' } = process.env

const CHUNK = Buffer.alloc(64 * 1024)

const answer = (request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://backend')
  const bytes = /^\/bytes\/(\d+)$/.exec(pathname)?.[1]
  if (bytes !== undefined) return void Readable.from(chunks(Number(bytes))).pipe(response)
  const text = pathname === '/health' ? 'OK\n' : `${hostname()}\n`
  setTimeout(() => response.end(text), Number(searchParams.get('ms') ?? 0))
}
function* chunks(bytes) {
  for (let left = bytes; left > 0; left -= CHUNK.length) yield CHUNK.subarray(0, Math.min(left, CHUNK.length))
}

const tlsServer = () => {
  const [ca, cert, key] = ['ca.crt', 'tls.crt', 'tls.key'].map((file) => readFileSync(`/tls/${file}`))
  return createTlsServer({ ca, cert, key, requestCert: true, rejectUnauthorized: true }, answer)
}

const servers = { http: () => createServer(answer), h2c: () => createHttp2Server(answer), https: tlsServer }
const server = servers[SPEAKS]()
server.listen(Number(PORT))
process.on('SIGTERM', () => {
  server.close(() => process.exit())
  server.closeIdleConnections?.()
})
