import { once } from 'node:events'
import type { AddressInfo, Server, Socket } from 'node:net'
import { connect, createServer } from 'node:net'
import { connect as connectTls, createServer as createTlsServer } from 'node:tls'
import { create_container } from 'rhea'
import type { Connection as RheaConnection, ConnectionOptions as RheaOptions, EventContext } from 'rhea'
import { Connection } from '../../router/amqp/connection.ts'
import type { ConnectionOptions } from '../../router/amqp/connection.ts'
import type { PairTls } from './amqp-pair.ts'
import { RecordedConnection } from './amqp-pair.ts'
import { eventually } from './eventually.ts'

/** rhea at one end, our engine at the other, both open. */
export interface RheaMeeting {
  rhea: RheaConnection
  engine: Connection
  handler: RecordedConnection
  close(): void
}

export interface RheaMeetingOptions {
  tls?: PairTls
  rhea?: Partial<RheaOptions>
  engine?: Partial<ConnectionOptions>
  handler?: RecordedConnection
}

const ANY_NAME = { servername: 'localhost', checkServerIdentity: () => undefined }

const mechanisms = (tls: PairTls | undefined): ConnectionOptions['sasl'] => ({
  mechanisms: [tls === undefined ? 'ANONYMOUS' : 'EXTERNAL'],
})

/** rhea dials our engine. */
export async function rheaDials({
  tls,
  handler = new RecordedConnection(),
  ...o
}: RheaMeetingOptions): Promise<RheaMeeting> {
  const server: Server =
    tls === undefined
      ? createServer()
      : createTlsServer({ ...tls.listener, requestCert: true, rejectUnauthorized: true })
  server.listen(0, '127.0.0.1')
  const port = await listening(server)
  const accepted = once(server, tls === undefined ? 'connection' : 'secureConnection') as Promise<[Socket]>
  // rhea skips SASL without a user name, and takes no address as TLS server name.
  const secured =
    tls === undefined
      ? { username: 'anonymous' }
      : { transport: 'tls' as const, ...tls.dialler, ...ANY_NAME, enable_sasl_external: true }
  const connection = create_container().connect({
    host: '127.0.0.1',
    port,
    reconnect: false,
    ...secured,
    ...o.rhea,
  } as RheaOptions)
  silence(connection)
  const [socket] = await accepted
  const engine = Connection.accept(socket, { containerId: 'engine', sasl: mechanisms(tls), ...o.engine }, handler)
  await eventually(() => handler.peer !== undefined && connection.is_open())
  const close = () => {
    socket.destroy()
    server.close()
  }
  return { rhea: connection, engine, handler, close }
}

/** Our engine dials rhea. */
export async function rheaListens({
  tls,
  handler = new RecordedConnection(),
  ...o
}: RheaMeetingOptions): Promise<RheaMeeting> {
  const container = create_container()
  const secured =
    tls === undefined ? {} : { transport: 'tls', ...tls.listener, requestCert: true, enable_sasl_external: true }
  const opened = once(container, 'connection_open') as Promise<[EventContext]>
  const server: Server = container.listen({ host: '127.0.0.1', port: 0, ...secured, ...o.rhea } as never)
  const port = await listening(server)
  const socket =
    tls === undefined ? connect(port, '127.0.0.1') : connectTls({ port, host: '127.0.0.1', ...tls.dialler })
  await once(socket, tls === undefined ? 'connect' : 'secureConnect')
  const engine = Connection.dial(socket, { containerId: 'engine', sasl: mechanisms(tls), ...o.engine }, handler)
  const [{ connection }] = await opened
  silence(connection)
  await eventually(() => handler.peer !== undefined)
  const close = () => {
    socket.destroy()
    server.close()
  }
  return { rhea: connection, engine, handler, close }
}

async function listening(server: Server): Promise<number> {
  if (!server.listening) await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** A socket that the test drops is no fault. */
function silence(connection: RheaConnection): void {
  for (const event of ['disconnected', 'connection_error', 'error']) connection.on(event, () => undefined)
}
