import { isIPv6, type Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { SkupperError } from '../../../core/model/error.ts'
import { Connection, type ConnectionHandler, type ConnectionOptions, type Peer } from '../../amqp/connection.ts'
import type { Receiver } from '../../amqp/receiver.ts'
import type { Sender } from '../../amqp/sender.ts'

/** What a connection is for. 'inter-router-data' carries only streams, beside an 'inter-router' one. */
export type ConnectionRole = 'normal' | 'inter-router' | 'inter-router-data' | 'edge'

/** A link as management lists it. */
export interface LinkView {
  readonly connectionId: number
  readonly name: string
  /** As this router sees it: 'in' brings deliveries. */
  readonly dir: 'in' | 'out'
  readonly type: 'endpoint' | 'router-control' | 'inter-router' | 'streaming'
  readonly address: string | undefined
  /** Deliveries that were begun and are not settled, where they are counted. */
  readonly unsettled: number | undefined
}

/** A connection as management lists it. */
export interface ConnectionView {
  /** Unique in the life of this router. */
  readonly id: number
  /** Of the listener or connector it came by. */
  readonly name: string
  readonly role: ConnectionRole
  readonly dir: 'in' | 'out'
  /** Address and port of the other end. */
  readonly host: string
  /** The peer's container id: the router id, where it is a router. Empty until it is open. */
  readonly container: string
  readonly user: string | undefined
  /** The TLS version, undefined without TLS. */
  readonly tls: { readonly protocol: string; readonly cipher: string } | undefined
  readonly properties: ReadonlyMap<string, unknown>
  readonly openedAt: number
  readonly bytesIn: number
  readonly bytesOut: number
}

/** What a connection does once its peer is known. */
export interface Role {
  readonly role: ConnectionRole
  onAttach(link: Sender | Receiver): void
  /** No new traffic; what is under way goes on. May be called twice. */
  retire(): void
  /** The connection is gone, after all its links were told. */
  onClosed(): void
  links(): LinkView[]
  /** Called about once a second. */
  sweep?(): void
}

/** What the owner of connections makes of them. */
export interface ConnectionOwner {
  /** The peer said open: answers what the connection is for, or undefined after closing it. */
  onOpen(connection: RouterConnection, peer: Peer): Role | undefined
  /** Exactly once. Without reason: an orderly close. */
  onClosed(connection: RouterConnection, reason?: SkupperError): void
}

export interface RouterConnectionOptions {
  readonly id: number
  readonly name: string
  readonly socket: Socket
  readonly dir: 'in' | 'out'
  /** What was dialled, as it was configured: what others know the other end by may be a name. */
  readonly dialled?: { readonly host: string; readonly port: number }
  readonly role: ConnectionRole
  readonly amqp: ConnectionOptions
  readonly owner: ConnectionOwner
  /** The time in ms. */
  readonly now: () => number
}

/** One AMQP connection of this router, whichever side dialled it: from its socket to the role it plays. */
export class RouterConnection implements ConnectionHandler {
  readonly id: number
  readonly name: string
  readonly dir: 'in' | 'out'
  readonly host: string
  readonly socket: Socket
  readonly amqp: Connection
  readonly #options: RouterConnectionOptions
  readonly #openedAt: number
  readonly #tls: ConnectionView['tls']
  #peer: Peer | undefined
  #role: Role | undefined
  /** Why this side closes. */
  #closing: SkupperError | undefined

  constructor(options: RouterConnectionOptions) {
    this.#options = options
    this.id = options.id
    this.name = options.name
    this.dir = options.dir
    this.socket = options.socket
    const { dialled } = options
    this.host = dialled === undefined ? hostOf(options.socket) : `${dialled.host}:${String(dialled.port)}`
    this.#openedAt = options.now()
    this.#tls = tlsOf(options.socket)
    const { socket, amqp, dir } = options
    this.amqp = dir === 'in' ? Connection.accept(socket, amqp, this) : Connection.dial(socket, amqp, this)
  }

  get peer(): Peer | undefined {
    return this.#peer
  }

  onOpen(peer: Peer): void {
    this.#peer = peer
    this.#role = this.#options.owner.onOpen(this, peer)
  }

  onAttach(link: Sender | Receiver): void {
    if (this.#role === undefined) link.refuse('amqp:not-allowed', 'the connection is closing')
    else this.#role.onAttach(link)
  }

  onClosed(reason?: SkupperError): void {
    this.#role?.onClosed()
    this.#options.owner.onClosed(this, reason ?? this.#closing)
  }

  /** Takes no new traffic, says close and waits, not for long, for the peer's. Harmless when called twice. */
  close(): void {
    this.#role?.retire()
    this.amqp.close()
  }

  /** Closes with an AMQP condition and a reason in words, for the peer and for this router's own log. */
  refuse(condition: string, why: string): void {
    this.#closing ??= new SkupperError('mesh/closed', why, { given: condition })
    this.#role?.retire()
    this.amqp.close(condition, why)
  }

  sweep(): void {
    this.#role?.sweep?.()
  }

  links(): LinkView[] {
    return this.#role?.links() ?? []
  }

  view(): ConnectionView {
    return {
      id: this.id,
      name: this.name,
      role: this.#role?.role ?? this.#options.role,
      dir: this.dir,
      host: this.host,
      container: this.#peer?.containerId ?? '',
      user: this.#peer?.user,
      tls: this.#tls,
      properties: this.#peer?.properties ?? new Map<string, unknown>(),
      openedAt: this.#openedAt,
      ...this.amqp.stats,
    }
  }
}

function hostOf({ remoteAddress = '', remotePort = 0 }: Socket): string {
  return `${isIPv6(remoteAddress) ? `[${remoteAddress}]` : remoteAddress}:${String(remotePort)}`
}

function tlsOf(socket: Socket): ConnectionView['tls'] {
  if (!(socket instanceof TLSSocket)) return undefined
  return { protocol: socket.getProtocol() ?? '', cipher: socket.getCipher().standardName }
}
