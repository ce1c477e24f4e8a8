import type { Socket } from 'node:net'
import type { SkupperError } from '../../../core/model/error.ts'
import type { ConnectionOptions, Peer, SaslMechanism } from '../../amqp/connection.ts'
import type { DialOptions } from '../../amqp/dial.ts'
import { amqpOptions, linkCost } from './amqp-options.ts'
import { CAPABILITY } from './capabilities.ts'
import { ControlConnection } from './control-connection.ts'
import type { ControlLog } from '../control/control-link.ts'
import type { EdgePlane } from '../control/edge-plane.ts'
import type { Hop } from '../forward/hop-target.ts'
import { DialLoop, type DialLoopOptions } from './dial-loop.ts'
import { EdgeUplink } from './edge-uplink.ts'
import type { TlsFiles } from './listener.ts'
import { randomToken } from '../random-token.ts'
import type { Role, RouterConnection } from './router-connection.ts'
import { Trunk, type DialContext } from './trunk.ts'

export interface ConnectorOptions {
  readonly name: string
  /** 'edge' on an edge router, 'inter-router' on all others. */
  readonly role: 'inter-router' | 'edge'
  readonly host: string
  readonly port: number
  /** Of the link, at least 1; the other end may ask for more. */
  readonly cost?: number | undefined
  readonly tls?: TlsFiles | undefined
  /** The other end's certificate must name `host`; true unless said otherwise. */
  readonly verifyHostname?: boolean | undefined
  /** EXTERNAL with TLS, else ANONYMOUS, unless said otherwise. */
  readonly saslMechanisms?: readonly SaslMechanism[] | undefined
  /** Connections for streams beside the control connection; 2 by default, 0 for none. */
  readonly dataConnections?: number | undefined
  readonly maxFrameSize?: number | undefined
  /** A peer silent for longer is dropped; 16 s by default. */
  readonly idleTimeoutMs?: number | undefined
}

export type ConnectorStatus = 'CONNECTING' | 'SUCCESS' | 'FAILED'

/** The router at the other end of a link. */
export interface LinkedPeer {
  readonly routerId: string
  /** The telemetry record of the access point it listens on, if it named one. */
  readonly accessId: string | undefined
  readonly cost: number
}

/** What a connector works with. */
export interface ConnectorContext extends DialContext {
  readonly routerId: string
  readonly version: string
  readonly log: ControlLog
  /** Of an edge router. */
  readonly edge: EdgePlane<Hop> | undefined
}

const DEFAULT_DATA_CONNECTIONS = 2
const DIAL_TIMEOUT_MS = 5_000
/** The router that follows one that leaves may take a moment to be there; until then nothing is lost. */
const HAND_OVER_RETRY = { firstMs: 100, maxMs: 400 }

/** A link to another router that this one dials: a control connection and its data connections, dialled again for ever. */
export class MeshConnector {
  readonly options: ConnectorOptions
  readonly #context: ConnectorContext
  #loop: DialLoop
  #tls: TlsFiles | undefined
  #status: ConnectorStatus = 'CONNECTING'
  #message = 'not connected yet'
  #peer: LinkedPeer | undefined
  #control: RouterConnection | undefined
  #trunk: Trunk | undefined
  /** The connection to a router that is about to end, while another one is dialled. */
  #before: { readonly control: RouterConnection; readonly routerId: string } | undefined

  constructor(options: ConnectorOptions, context: ConnectorContext) {
    this.options = options
    this.#context = context
    this.#tls = options.tls
    this.#loop = this.#dialLoop()
    this.#loop.start()
  }

  get name(): string {
    return this.options.name
  }

  /** 'SUCCESS' while linked, 'FAILED' after a failure until the next success. */
  get status(): ConnectorStatus {
    return this.#status
  }

  /** In words: who is at the other end, or why nobody is. */
  get message(): string {
    return this.#message
  }

  /** Known while linked. */
  get peer(): LinkedPeer | undefined {
    return this.#peer
  }

  /** From the next dialling on these certificates are used; connections that stand are left alone. */
  setTls(tls: TlsFiles): void {
    this.#tls = tls
  }

  /**
   * The router at the other end is about to end: dials anew at once, while the connection there is carries on until that
   * router closes it. An edge router has one connection only and waits for its end.
   */
  handOver(): void {
    const control = this.#control
    const { edge, log } = this.#context
    if (edge !== undefined || control === undefined || this.#peer === undefined || this.#before !== undefined) return
    log.info({ connector: this.name, router: this.#peer.routerId }, 'the linked router is about to end, dialling anew')
    this.#before = { control, routerId: this.#peer.routerId }
    this.#loop.stop()
    this.#trunk?.stop()
    this.#loop = this.#dialLoop(HAND_OVER_RETRY)
    this.#loop.start()
  }

  /** Closes the link for good. Harmless when called twice. */
  close(): void {
    this.#loop.stop()
    this.#control?.close()
    this.#before?.control.close()
  }

  #dialLoop(retry?: DialLoopOptions['retry']): DialLoop {
    return new DialLoop({
      ...this.#context,
      retry,
      target: () => this.#target(),
      connect: (socket, onClosed) => {
        this.#connect(socket, onClosed)
      },
      onFailed: (reason) => {
        if (this.#before === undefined) this.#failed(reason)
      },
    })
  }

  #connect(socket: Socket, onClosed: (reason?: SkupperError) => void): void {
    const { edge } = this.#context
    if (edge === undefined) this.#connectInterior(socket, onClosed)
    else this.#connectEdge(edge, socket, onClosed)
  }

  #connectEdge(plane: EdgePlane<Hop>, socket: Socket, onClosed: (reason?: SkupperError) => void): void {
    this.#control = this.#context.connections.add({
      ...{ name: this.name, socket, dir: 'out', role: 'edge' },
      amqp: (id) => this.#amqp(id),
      owner: {
        onOpen: (connection, peer) => {
          if (this.#isSelf(connection, peer)) return undefined
          const cost = linkCost(this.options.cost, peer.properties)
          this.#linked(peer, cost)
          return new EdgeUplink({ ...this.#context, connection, peer, cost, plane })
        },
        onClosed: (_, reason) => {
          this.#control = undefined
          this.#peer = undefined
          onClosed(reason)
        },
      },
    })
  }

  #connectInterior(socket: Socket, onClosed: (reason?: SkupperError) => void): void {
    const correlator = randomToken(this.#context.random)
    const trunk = new Trunk(this.#context, {
      name: this.name,
      target: () => this.#target(),
      amqp: (id) => this.#amqp(id, { correlator, data: true }),
    })
    this.#trunk = trunk
    this.#control = this.#context.connections.add({
      ...{ name: this.name, socket, dir: 'out', role: 'inter-router' },
      amqp: (id) => this.#amqp(id, { correlator, data: false }),
      owner: {
        onOpen: (connection, peer) => this.#opened(connection, peer, trunk),
        onClosed: (connection, reason) => {
          trunk.close()
          if (this.#before?.control === connection) this.#leftBehind(this.#before.routerId, reason)
          else this.#lost()
          onClosed(reason)
        },
      },
    })
  }

  #lost(): void {
    this.#control = undefined
    if (this.#before === undefined || this.#before.routerId !== this.#peer?.routerId) this.#peer = undefined
  }

  /** The router that was about to end has ended; another may have taken its place already. */
  #leftBehind(routerId: string, reason: SkupperError | undefined): void {
    this.#before = undefined
    this.#loop.relax()
    if (this.#peer !== undefined && this.#peer.routerId !== routerId) return
    this.#peer = undefined
    this.#failed(reason)
  }

  #opened(connection: RouterConnection, peer: Peer, trunk: Trunk): Role | undefined {
    if (this.#isSelf(connection, peer)) return undefined
    if (this.#before?.routerId === peer.containerId) {
      connection.refuse('amqp:connection:forced', `router ${peer.containerId} is about to end`)
      return undefined
    }
    const cost = linkCost(this.options.cost, peer.properties)
    const onReady = (): void => {
      this.#linked(peer, cost)
      const trunking = peer.offeredCapabilities.includes(CAPABILITY.trunking)
      if (trunking) trunk.start(peer.containerId, this.options.dataConnections ?? DEFAULT_DATA_CONNECTIONS)
    }
    return new ControlConnection(this.#context, {
      connection,
      peer,
      cost,
      members: trunk.group,
      dialled: true,
      onReady,
    })
  }

  #isSelf(connection: RouterConnection, { containerId }: Peer): boolean {
    if (containerId !== this.#context.routerId) return false
    connection.refuse('amqp:not-allowed', `the router at the other end has this router's id ${containerId}`)
    return true
  }

  #linked({ containerId: routerId, properties }: Peer, cost: number): void {
    const accessId = properties.get('qd.access-id')
    this.#peer = { routerId, cost, accessId: typeof accessId === 'string' ? accessId : undefined }
    this.#status = 'SUCCESS'
    this.#message = `linked to router ${routerId} at cost ${String(cost)}`
  }

  #failed(reason: SkupperError | undefined): void {
    const why = reason?.message ?? 'the connection was closed'
    if (this.#status !== 'FAILED' || this.#message !== why) {
      this.#context.log.warn({ connector: this.name, code: reason?.code }, `not linked: ${why}`)
    }
    this.#status = 'FAILED'
    this.#message = why
  }

  #target(): DialOptions {
    const { host, port, verifyHostname } = this.options
    const tls = this.#tls === undefined ? undefined : { ...this.#tls, verifyHostname }
    return { host, port, tls, timeoutMs: DIAL_TIMEOUT_MS }
  }

  /** `group`: the connections that belong together; an edge has one only. */
  #amqp(connectionId: number, group?: { correlator: string; data: boolean }): ConnectionOptions {
    const { routerId, version } = this.#context
    const { host, cost, maxFrameSize, idleTimeoutMs } = this.options
    const ordinal = this.#tls === undefined ? undefined : (this.#tls.ordinal ?? 0)
    return amqpOptions({
      ...{ routerId, version, connectionId, hostname: host, maxFrameSize, idleTimeoutMs, cost },
      saslMechanisms: this.options.saslMechanisms ?? [this.#tls === undefined ? 'ANONYMOUS' : 'EXTERNAL'],
      betweenRouters: true,
      group: group && { ...group, ordinal },
    })
  }
}
