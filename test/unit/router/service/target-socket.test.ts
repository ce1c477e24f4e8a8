import { once } from 'node:events'
import { randomBytes } from 'node:crypto'
import { expect, it, onTestFinished } from 'vitest'
import { targetSocket } from '../../../../router/service/target-socket.ts'
import { eventually } from '../../../support/eventually.ts'
import { echoPeer, tcpPeer, type TcpPeer } from '../../../support/tcp-peers.ts'

function connected({ port }: TcpPeer) {
  const chunks: Buffer[] = []
  const socket = targetSocket({ host: '127.0.0.1', port }, (bytes) => chunks.push(bytes))
  onTestFinished(() => {
    socket.destroy()
  })
  return { socket, received: () => Buffer.concat(chunks) }
}

it('reads nothing before it is resumed', async () => {
  const { socket, received } = connected(await tcpPeer((peer) => peer.end('hello')))
  await once(socket, 'connect')
  expect(received().length).toBe(0)
  socket.resume()
  await once(socket, 'end')
  expect(received().toString()).toBe('hello')
})

it('stays open for writing after the end of the target', async () => {
  const peer = await tcpPeer((socket) => socket.resume().end())
  const { socket } = connected(peer)
  socket.resume()
  await once(socket, 'end')
  socket.write('still here')
  await eventually(() => peer.sockets[0]?.bytesRead === 10)
})

it('keeps the bytes of two sockets apart, though they share a buffer', async () => {
  const peer = await echoPeer()
  const clients = [randomBytes(1_000_000), randomBytes(1_000_000)].map((sent) => ({ sent, ...connected(peer) }))
  for (const { socket, sent } of clients) socket.resume().end(sent)
  await eventually(() => clients.every(({ received, sent }) => received().length === sent.length))
  expect(clients.map(({ received, sent }) => received().equals(sent))).toEqual([true, true])
})
