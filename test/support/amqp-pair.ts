import { connect, createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { connect as connectTls, createServer as createTlsServer } from 'node:tls'
import { once } from 'node:events'
import type { SkupperError } from '../../core/model/error.ts'
import { Connection } from '../../router/amqp/connection.ts'
import type { ConnectionHandler, ConnectionOptions, Peer } from '../../router/amqp/connection.ts'
import type { Receiver } from '../../router/amqp/receiver.ts'
import type { Sender } from '../../router/amqp/sender.ts'
import { eventually } from './eventually.ts'

interface Pem {
  ca: string
  cert: string
  key: string
}

/** Credentials of both sides: mutual TLS. */
export interface PairTls {
  dialler: Pem
  listener: Pem
}

export interface SocketPair {
  dialler: Socket
  listener: Socket
}

/** Two ends of one connection over loopback. */
export async function socketPair(tls?: PairTls): Promise<SocketPair> {
  const server: Server =
    tls === undefined
      ? createServer()
      : createTlsServer({ ...tls.listener, requestCert: true, rejectUnauthorized: true })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const accepted = once(server, tls === undefined ? 'connection' : 'secureConnection') as Promise<[Socket]>
  const dialler = dial((server.address() as AddressInfo).port, tls)
  const [[listener]] = await Promise.all([accepted, once(dialler, tls === undefined ? 'connect' : 'secureConnect')])
  server.close()
  return { dialler, listener }
}

function dial(port: number, tls: PairTls | undefined): Socket {
  return tls === undefined ? connect(port, '127.0.0.1') : connectTls({ port, host: '127.0.0.1', ...tls.dialler })
}

/** Keeps what a connection tells its owner. */
export class RecordedConnection implements ConnectionHandler {
  readonly links: (Sender | Receiver)[] = []
  readonly closed: (SkupperError | undefined)[] = []
  peer: Peer | undefined
  /** What to do with links the peer opens. */
  attach: (link: Sender | Receiver) => void

  constructor(
    attach: (link: Sender | Receiver) => void = (link) => {
      link.accept()
    },
  ) {
    this.attach = attach
  }

  onOpen(peer: Peer): void {
    this.peer = peer
  }

  onAttach(link: Sender | Receiver): void {
    this.links.push(link)
    this.attach(link)
  }

  onClosed(reason?: SkupperError): void {
    this.closed.push(reason)
  }

  /** The code of the error it closed with; undefined after an orderly close. */
  async closedWith(): Promise<string | undefined> {
    const [reason] = await eventually(() => (this.closed.length > 0 ? this.closed : undefined))
    return reason?.code
  }
}

export interface Side {
  connection: Connection
  handler: RecordedConnection
}

export interface EnginePair {
  dialler: Side
  listener: Side
  sockets: SocketPair
}

export interface PairOptions {
  tls?: PairTls
  dialler?: Partial<ConnectionOptions>
  listener?: Partial<ConnectionOptions>
  /** What the listener does with links the dialler opens. By default it accepts them. */
  attach?: (link: Sender | Receiver) => void
}

/** Two engines over loopback, both open. */
export async function enginePair(o: PairOptions = {}): Promise<EnginePair> {
  const sockets = await socketPair(o.tls)
  const sasl: ConnectionOptions['sasl'] = { mechanisms: [o.tls === undefined ? 'ANONYMOUS' : 'EXTERNAL'] }
  const handlers = { dialler: new RecordedConnection(), listener: new RecordedConnection(o.attach) }
  const listener = Connection.accept(sockets.listener, { containerId: 'L', sasl, ...o.listener }, handlers.listener)
  const dialler = Connection.dial(sockets.dialler, { containerId: 'D', sasl, ...o.dialler }, handlers.dialler)
  await eventually(() => handlers.dialler.peer !== undefined && handlers.listener.peer !== undefined)
  return {
    sockets,
    dialler: { connection: dialler, handler: handlers.dialler },
    listener: { connection: listener, handler: handlers.listener },
  }
}
