import { createServer } from 'node:http'

// The demo's service: answers every request with its process id and how many it has answered.
let answered = 0
const server = createServer((request, response) => {
  answered += 1
  response.end(`hello from pid ${String(process.pid)}, answer ${String(answered)} to ${request.url ?? '/'}\n`)
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address !== null && typeof address === 'object') process.send?.({ port: address.port })
})
process.once('disconnect', () => {
  server.close()
  server.closeAllConnections()
})
