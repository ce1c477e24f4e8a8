import type { SkupperError } from '../../../core/model/error.ts'
import type { ConnectionOptions, Peer, SaslMechanism } from '../../amqp/connection.ts'
import type { DialOptions } from '../../amqp/dial.ts'
import { amqpOptions } from './amqp-options.ts'
import type { ControlLog } from '../control/control-link.ts'
import type { EdgePlane } from '../control/edge-plane.ts'
import type { Hop } from '../forward/hop-target.ts'
import type { DialLoopOptions } from './dial-loop.ts'
import { EdgeLink } from './edge-link.ts'
import { InteriorLink, type ConnectionGroup } from './interior-link.ts'
import type { LinkOptions } from './link-options.ts'
import type { TlsFiles } from './listener.ts'
import { randomToken } from '../random-token.ts'
import type { RouterConnection } from './router-connection.ts'
import type { DialContext } from './trunk.ts'

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

type Link = InteriorLink | EdgeLink

const DEFAULT_DATA_CONNECTIONS = 2
const DIAL_TIMEOUT_MS = 5_000
/** The router that follows one that leaves may take a moment to be there; until then nothing is lost. */
const HAND_OVER_RETRY = { firstMs: 100, maxMs: 400 }

/**
 * A link to another router that this one dials: for ever again. Where newer certificates come while it stands, a newer
 * connection is made with them beside it, which takes over once it is linked; no stream is cut for that.
 */
export class MeshConnector {
  readonly options: ConnectorOptions
  readonly #context: ConnectorContext
  /** What carries the traffic, or tries to. */
  #link: Link
  /** With newer certificates, to take over as soon as it is linked. */
  #successor: Link | undefined
  /** The link to a router that is about to end, while another one is dialled. */
  #before: { readonly link: Link; readonly routerId: string } | undefined
  #tls: TlsFiles | undefined
  #status: ConnectorStatus = 'CONNECTING'
  #message = 'not connected yet'
  #peer: LinkedPeer | undefined

  constructor(options: ConnectorOptions, context: ConnectorContext) {
    this.options = options
    this.#context = context
    this.#tls = options.tls
    this.#link = this.#newLink()
    this.#link.start()
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

  /**
   * From the next dialling on these certificates are used; connections that stand are left alone. With a higher ordinal
   * the link is dialled anew at once (protocol sheet, section 1, certificate rotation).
   */
  setTls(tls: TlsFiles): void {
    const isNewer = (tls.ordinal ?? 0) > (this.#tls?.ordinal ?? 0)
    this.#tls = tls
    if (!isNewer || !this.#link.isLinked) return
    this.#successor?.close()
    this.#successor = this.#newLink()
    this.#successor.start()
  }

  /**
   * The router at the other end is about to end: dials anew at once, while the connection there carries on until that
   * router closes it. An edge router has one connection only and waits for its end.
   */
  handOver(): void {
    const link = this.#link
    if (!(link instanceof InteriorLink) || !link.isLinked) return
    if (this.#peer === undefined || this.#before !== undefined) return
    const { routerId } = this.#peer
    this.#context.log.info(
      { connector: this.name, router: routerId },
      'the linked router is about to end, dialling anew',
    )
    this.#before = { link, routerId }
    link.stop()
    this.#successor?.close()
    this.#successor = undefined
    this.#link = this.#newLink(HAND_OVER_RETRY)
    this.#link.start()
  }

  /** Closes the link for good. Harmless when called twice. */
  close(): void {
    this.#successor?.close()
    this.#link.close()
    this.#before?.link.close()
  }

  #newLink(retry?: DialLoopOptions['retry']): Link {
    const { edge, routerId } = this.#context
    const { cost, dataConnections = DEFAULT_DATA_CONNECTIONS } = this.options
    const common: LinkOptions = {
      ...{ name: this.name, cost },
      target: () => this.#target(),
      isRefused: (connection, peer) => this.#isSelf(connection, peer) || this.#isLeaving(connection, peer),
      onLinked: (peer, linkedCost) => {
        this.#takeOver(link)
        this.#linked(peer, linkedCost)
      },
      onClosed: (reason) => {
        this.#linkClosed(link, reason)
      },
      onFailed: (reason) => {
        this.#linkFailed(link, reason)
      },
    }
    const link: Link =
      edge === undefined
        ? new InteriorLink(this.#context, {
            ...{ ...common, dataConnections, retry },
            amqp: (id, group) => this.#amqp(id, group),
            // Of one connector, where it takes over; else the peer may still hold a connection of that name that is dead.
            correlator: () => this.#superseded(link, InteriorLink)?.correlator ?? randomToken(this.#context.random),
          })
        : new EdgeLink(this.#context, {
            ...{ ...common, routerId, plane: edge },
            amqp: (id) => this.#amqp(id),
            before: () => this.#superseded(link, EdgeLink)?.uplink,
          })
    return link
  }

  /** The link whose place `link` takes. */
  #superseded<L extends Link>(link: Link, kind: new (...given: never[]) => L): L | undefined {
    return link === this.#successor && this.#link instanceof kind ? this.#link : undefined
  }

  #takeOver(link: Link): void {
    if (link !== this.#successor) return
    this.#link.supersede()
    this.#link = link
    this.#successor = undefined
  }

  #linkFailed(link: Link, reason: SkupperError | undefined): void {
    if (link === this.#successor) {
      this.#context.log.warn({ connector: this.name, code: reason?.code }, `newer certificates: ${textOf(reason)}`)
      return
    }
    if (link !== this.#link) return
    if (this.#before === undefined) this.#failed(reason)
    if (this.#successor === undefined) return
    link.close()
    this.#link = this.#successor
    this.#successor = undefined
  }

  #linkClosed(link: Link, reason: SkupperError | undefined): void {
    const before = this.#before
    if (link === before?.link) this.#leftBehind(before.routerId, reason)
    else if (link === this.#link && before?.routerId !== this.#peer?.routerId) this.#peer = undefined
  }

  /** The router that was about to end has ended; another may have taken its place already. */
  #leftBehind(routerId: string, reason: SkupperError | undefined): void {
    this.#before = undefined
    if (this.#link instanceof InteriorLink) this.#link.relax()
    if (this.#peer !== undefined && this.#peer.routerId !== routerId) return
    this.#peer = undefined
    this.#failed(reason)
  }

  #isLeaving(connection: RouterConnection, { containerId }: Peer): boolean {
    if (this.#before?.routerId !== containerId) return false
    connection.refuse('amqp:connection:forced', `router ${containerId} is about to end`)
    return true
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
    const why = textOf(reason)
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
  #amqp(connectionId: number, group?: ConnectionGroup): ConnectionOptions {
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

function textOf(reason: SkupperError | undefined): string {
  return reason?.message ?? 'the connection was closed'
}
