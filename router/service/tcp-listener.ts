import type { Socket } from 'node:net'
import { SkupperError } from '../../core/model/error.ts'
import { AddressChoice, type AddedAddress, type AddressStrategy } from './address-choice.ts'
import { ClientOpening, type OpeningContext } from './client-opening.ts'
import { ListenerFlow } from './listener-flow.ts'
import type { ObserverMode } from '../observe/http-observer.ts'
import { ListeningSocket, type ListeningSocketOptions } from './listening-socket.ts'
import type { ServiceAttributes, ServiceContext } from './service-context.ts'
import { resetSocket } from './reset-socket.ts'
import { StreamSet, type Traffic } from './stream-set.ts'
import { TlsEntrance } from './tls-entrance.ts'
import type { TlsMaterial } from '../tls/tls-files.ts'

const DEFAULT_CONNECT_TIMEOUT_MS = 20_000
/** How an IPv4 client looks to a socket that takes both families. */
const MAPPED_IPV4 = /^::ffff:/

export interface TcpListenerOptions extends ListeningSocketOptions {
  readonly name: string
  /** The routing key that clients of this listener reach; with a strategy they reach those of `addAddress`. */
  readonly address?: string | undefined
  readonly strategy?: AddressStrategy | undefined
  /** Clients speak TLS, which ends here. */
  readonly tls?: TlsMaterial | undefined
  /** With TLS: only clients with a certificate of its CA come in. */
  readonly authenticatePeer?: boolean | undefined
  /** How long a client waits for a target to answer before it is refused. */
  readonly connectTimeoutMs?: number | undefined
  /** Which requests telemetry tells of, where somebody listens to it. */
  readonly observer?: ObserverMode | undefined
}

/**
 * Takes TCP connections for an address, or for one of several (protocol sheet, section 4). It listens only while one of
 * them has a target somewhere and the router has sockets left, so that a client who would not be served is refused by the
 * kernel, at once.
 */
export class TcpListener {
  readonly #options: TcpListenerOptions
  readonly #context: ServiceContext
  readonly #opening: Omit<OpeningContext, 'address'>
  readonly #addresses: AddressChoice
  readonly #socket: ListeningSocket
  readonly #streams: StreamSet
  readonly #unwatch: () => void
  readonly #entrance: TlsEntrance | undefined
  /** Of a listener without a strategy. */
  readonly #only: AddedAddress | undefined
  #observer: ObserverMode
  #reachable = false
  #up = false
  #bindError: SkupperError | undefined
  #closed = false

  constructor(options: TcpListenerOptions, context: ServiceContext) {
    this.#options = options
    this.#context = context
    this.#streams = new StreamSet(context.sockets)
    this.#observer = options.observer ?? 'none'
    this.#opening = {
      router: context.router,
      streams: this.#streams,
      nextId: () => context.records.nextId(),
      random: () => context.random(),
      connectTimeoutMs: options.connectTimeoutMs ?? DEFAULT_CONNECT_TIMEOUT_MS,
    }
    this.#entrance = this.#tlsEntrance()
    this.#socket = new ListeningSocket(options, {
      onConnection: (socket) => {
        if (this.#entrance === undefined) this.#accept(socket)
        else this.#entrance.take(socket)
      },
      onStatus: (up, reason) => {
        this.#onStatus(up, reason)
      },
      onRefused: (reason) => {
        this.#streams.lastError = reason
      },
      random: () => context.random(),
    })
    this.#addresses = new AddressChoice({
      ...{ router: context.router, strategy: options.strategy ?? 'priority', random: () => context.random() },
      openRecord: (address, counts) => context.records.open('LISTENER', this.#attributesOf(address), counts),
      onChange: (reachable) => {
        this.#reachable = reachable
        this.#openOrClose()
      },
    })
    this.#unwatch = context.sockets.watch(() => {
      this.#openOrClose()
    })
    if (options.address !== undefined) this.#only = this.#addresses.add(options.address, 0)
  }

  /** Sends clients to one more address; `value` is what the strategy goes by. */
  addAddress(address: string, value: number): AddedAddress {
    return this.#addresses.add(address, value)
  }

  /** Up while it listens. */
  get operStatus(): 'up' | 'down' {
    return this.#up ? 'up' : 'down'
  }

  /** Why it cannot listen, or why a connection failed last. */
  get lastError(): SkupperError | undefined {
    return this.#bindError ?? this.#streams.lastError
  }

  /** The port it listens on; undefined while it does not. */
  get port(): number | undefined {
    return this.#socket.port
  }

  get traffic(): Traffic {
    return this.#streams
  }

  /** Looks for other requests in the connections to come. */
  observe(observer: ObserverMode): void {
    this.#observer = observer
  }

  /** With TLS: clients to come meet these certificates. */
  setTls(tls: TlsMaterial): void {
    this.#entrance?.setTls(tls)
  }

  /** Stops listening. Connections it carries live on to their own end. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#unwatch()
    this.#addresses.close()
    this.#socket.close()
    this.#entrance?.close()
  }

  /** Stops listening, waits until every connection has ended, and resets those that are left after `deadlineMs`. */
  async drain(deadlineMs: number): Promise<void> {
    this.close()
    if (await this.#streams.idle(deadlineMs)) return
    this.destroy(new SkupperError('tcp/drained', 'the router is shutting down'))
  }

  /** Stops listening and resets all connections. */
  destroy(reason: SkupperError): void {
    this.close()
    this.#streams.destroy(reason)
  }

  #openOrClose(): void {
    const { spent, max } = this.#context.sockets
    if (spent) this.#streams.lastError = noSockets(max)
    if (this.#reachable && !spent) this.#socket.open()
    else this.#socket.close()
  }

  #tlsEntrance(): TlsEntrance | undefined {
    const { tls, authenticatePeer = false } = this.#options
    if (tls === undefined) return undefined
    return new TlsEntrance({
      ...{ tls, authenticatePeer },
      prefersHttp2: () => this.#observer === 'http2',
      onSecured: (socket, alpn) => {
        this.#accept(socket, alpn)
      },
      onRefused: (reason) => {
        this.#streams.lastError = reason
      },
    })
  }

  #accept(socket: Socket, alpn?: string): void {
    const chosen = this.#addresses.next() ?? this.#only?.chosen
    // The last target went while this client was on its way.
    if (chosen === undefined || this.#closed) resetSocket(socket)
    else {
      const { address, record } = chosen
      new ClientOpening(socket, this.#flowOf(socket, record.id), { ...this.#opening, address, alpn }).attempt()
    }
  }

  /** Of a listener with several addresses the network is told as of one listener for each. */
  #attributesOf(vanAddress: string): ServiceAttributes {
    const { name, host, port } = this.#options
    return { name, protocol: 'tcp', destHost: host, destPort: String(port), vanAddress }
  }

  /** `parent`: the identity of the listener's record for the address. */
  #flowOf(socket: Socket, parent: string): ListenerFlow | undefined {
    const { flows } = this.#context
    if (!flows.heard) return undefined
    // Only now: the system is asked for them.
    const { remoteAddress = '', remotePort = 0 } = socket
    const sourceHost = remoteAddress.replace(MAPPED_IPV4, '')
    const origin = { parent, sourceHost, sourcePort: String(remotePort) }
    return new ListenerFlow(flows, { ...origin, observer: this.#observer })
  }

  #onStatus(up: boolean, reason: SkupperError | undefined): void {
    const { name, address, host } = this.#options
    const changed = up !== this.#up || reason?.code !== this.#bindError?.code
    this.#up = up
    this.#bindError = reason
    if (!changed) return
    if (reason !== undefined) this.#context.log.warn({ listener: name, address, code: reason.code }, reason.message)
    else if (up) this.#context.log.info({ listener: name, address, host, port: this.port }, 'listening')
    else this.#context.log.info({ listener: name, address }, 'stopped listening')
  }
}

function noSockets(max: number): SkupperError {
  return new SkupperError(
    'listener/no-sockets',
    `the router is out of file descriptors: ${String(max)} sockets are open`,
  )
}
