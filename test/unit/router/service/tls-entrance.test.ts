import { once } from 'node:events'
import { connect as connectPlain, createServer, type Socket } from 'node:net'
import { connect, type TLSSocket } from 'node:tls'
import { expect, onTestFinished, test } from 'vitest'
import type { SkupperError } from '../../../../core/model/error.ts'
import { TlsEntrance, type TlsEntranceOptions } from '../../../../router/service/tls-entrance.ts'
import { certificatesFor } from '../../../support/certificates.ts'
import { eventually } from '../../../support/eventually.ts'

const HOST = '127.0.0.1'
const certificates = certificatesFor('server')

/** An entrance behind a port, what came in by it, and whom it has refused. */
async function entrance(options: Partial<TlsEntranceOptions> = {}) {
  const { server: tls } = await certificates
  const secured: { socket: TLSSocket; alpn: string | undefined }[] = []
  const refused: SkupperError[] = []
  const made = new TlsEntrance({
    tls: { ...tls, ordinal: 0 },
    authenticatePeer: false,
    prefersHttp2: () => false,
    onSecured: (socket, alpn) => secured.push({ socket, alpn }),
    onRefused: (reason) => refused.push(reason),
    ...options,
  })
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    made.take(socket)
  })
  server.listen(0, HOST)
  await once(server, 'listening')
  const clients: Socket[] = []
  onTestFinished(() => {
    for (const socket of [...clients, ...secured.map((each) => each.socket)]) socket.destroy()
    server.close()
  })
  const address = server.address()
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0
  const kept = <S extends Socket>(socket: S): S => {
    clients.push(socket.on('error', () => undefined))
    return socket
  }
  return {
    ...{ made, secured, refused },
    client: (ALPNProtocols?: string[]) =>
      kept(connect({ host: HOST, port, ca: tls.ca, ...(ALPNProtocols === undefined ? {} : { ALPNProtocols }) })),
    stranger: () => kept(connectPlain(port, HOST)).resume(),
  }
}

test.each([
  [undefined, undefined, false],
  [['http/1.1'], 'http/1.1', false],
  [['h2', 'http/1.1'], 'http/1.1', false],
  [['h2', 'http/1.1'], 'h2', true],
  [['h2'], 'h2', false],
  [['mqtt'], undefined, false],
])('a client that offers %j has agreed on %s', async (offered, agreed, isHttp2) => {
  const { client, secured } = await entrance({ prefersHttp2: () => isHttp2 })
  await once(client(offered), 'secureConnect')
  expect(await eventually(() => secured[0] && { alpn: secured[0].alpn })).toEqual({ alpn: agreed })
  expect(secured[0]?.socket.isPaused()).toBe(true)
})

test('who shakes no hands is dropped for others, who is secured is not', async () => {
  const { client, stranger, secured } = await entrance({ maxHandshakes: 1 })
  for (let n = 1; n <= 3; n++) {
    await once(client(), 'secureConnect')
    await eventually(() => secured.length === n)
  }
  const silent = stranger()
  await once(silent, 'connect')
  await once(client(), 'secureConnect')
  await eventually(() => silent.destroyed && secured.length === 4)
  expect(secured.map(({ socket }) => socket.destroyed)).toEqual([false, false, false, false])
})

test('what is no TLS is refused, with a reason', async () => {
  const { stranger, refused } = await entrance()
  stranger().end('GET / HTTP/1.0\r\n\r\n')
  await eventually(() => refused[0]?.code === 'listener/tls')
})

test('with its end those go who are not secured yet', async () => {
  const { made, stranger } = await entrance()
  const silent = stranger()
  await once(silent, 'connect')
  await eventually(() => {
    made.close()
    return silent.destroyed
  })
})
