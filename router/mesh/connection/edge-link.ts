import type { Socket } from 'node:net'
import type { SkupperError } from '../../../core/model/error.ts'
import type { ConnectionOptions, Peer } from '../../amqp/connection.ts'
import type { EdgePlane } from '../control/edge-plane.ts'
import type { Hop } from '../forward/hop-target.ts'
import { linkCost } from './amqp-options.ts'
import { DialLoop } from './dial-loop.ts'
import { EdgeUplink } from './edge-uplink.ts'
import type { LinkOptions } from './link-options.ts'
import type { RouterConnection } from './router-connection.ts'
import type { DialContext } from './trunk.ts'

export interface EdgeLinkOptions extends LinkOptions {
  /** Of this edge router. */
  readonly routerId: string
  readonly plane: EdgePlane<Hop>
  readonly amqp: (connectionId: number) => ConnectionOptions
  /** The uplink whose place the next one takes. */
  readonly before: () => EdgeUplink | undefined
}

/** The connection of an edge router to an interior one, dialled again for ever. */
export class EdgeLink {
  readonly #context: DialContext
  readonly #options: EdgeLinkOptions
  readonly #loop: DialLoop
  #connection: RouterConnection | undefined
  #uplink: EdgeUplink | undefined

  constructor(context: DialContext, options: EdgeLinkOptions) {
    this.#context = context
    this.#options = options
    this.#loop = new DialLoop({
      ...context,
      target: options.target,
      connect: (socket, onClosed) => {
        this.#connect(socket, onClosed)
      },
      onFailed: options.onFailed,
    })
  }

  /** Undefined while not linked. */
  get uplink(): EdgeUplink | undefined {
    return this.#uplink
  }

  get isLinked(): boolean {
    return this.#uplink !== undefined
  }

  start(): void {
    this.#loop.start()
  }

  /** A newer link has taken over: what is under way goes on, and then the connection closes. */
  supersede(): void {
    this.#loop.stop()
    this.#uplink?.supersede()
  }

  /** Closes the link for good. Harmless when called twice. */
  close(): void {
    this.#loop.stop()
    this.#connection?.close()
  }

  #connect(socket: Socket, onClosed: (reason?: SkupperError) => void): void {
    const { name, target, amqp } = this.#options
    this.#connection = this.#context.connections.add({
      ...{ name, socket, dir: 'out', dialled: target(), role: 'edge', amqp },
      owner: {
        onOpen: (connection, peer) => this.#opened(connection, peer),
        onClosed: (_, reason) => {
          this.#connection = undefined
          this.#uplink = undefined
          this.#options.onClosed(reason)
          onClosed(reason)
        },
      },
    })
  }

  #opened(connection: RouterConnection, peer: Peer): EdgeUplink | undefined {
    const { isRefused, onLinked, routerId, plane, before } = this.#options
    if (isRefused(connection, peer)) return undefined
    const cost = linkCost(this.#options.cost, peer.properties)
    this.#uplink = new EdgeUplink({
      ...this.#context,
      ...{ routerId, connection, peer, cost, plane, before: before() },
    })
    onLinked(peer, cost)
    return this.#uplink
  }
}
