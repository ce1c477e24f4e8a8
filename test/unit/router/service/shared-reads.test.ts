import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { shareReads } from '../../../../router/service/shared-reads.ts'
import { eventually } from '../../../support/eventually.ts'

/** Clients of a server that hands all it accepts to `onAccepted`, unread. */
async function clients(count: number, onAccepted: (socket: Socket) => void): Promise<Socket[]> {
  const server = createServer({ pauseOnConnect: true, allowHalfOpen: true }, onAccepted).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const sockets = Array.from({ length: count }, () => connect(port, '127.0.0.1'))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  await Promise.all(sockets.map((socket) => once(socket, 'connect')))
  return sockets
}

it('hands each accepted socket its own bytes, which stay as they are, and no "data"', async () => {
  const received: Buffer[][] = []
  let emitted = 0
  let ended = 0
  const [first, second] = await clients(2, (socket) => {
    const chunks: Buffer[] = []
    received.push(chunks)
    socket.on('data', () => emitted++).on('end', () => ended++)
    shareReads(socket, (bytes) => chunks.push(bytes))
    socket.resume()
  })
  const ofFirst = 'a'.repeat(100_000)
  const ofSecond = 'b'.repeat(100_000)
  first?.end(ofFirst)
  second?.end(ofSecond)
  await eventually(() => ended === 2)
  expect(received.map((chunks) => Buffer.concat(chunks).toString()).sort()).toEqual([ofFirst, ofSecond])
  expect(emitted).toBe(0)
})

it('leaves a socket without a handle as it is', () => {
  const socket = {}
  shareReads(socket, () => undefined)
  expect(Reflect.ownKeys(socket)).toEqual([])
})
