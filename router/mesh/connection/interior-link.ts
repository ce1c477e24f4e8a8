import type { Socket } from 'node:net'
import type { SkupperError } from '../../../core/model/error.ts'
import type { ConnectionOptions, Peer } from '../../amqp/connection.ts'
import { linkCost } from './amqp-options.ts'
import { CAPABILITY } from './capabilities.ts'
import { ControlConnection } from './control-connection.ts'
import { DialLoop, type DialLoopOptions } from './dial-loop.ts'
import type { LinkOptions } from './link-options.ts'
import type { Role, RouterConnection } from './router-connection.ts'
import { Trunk, type DialContext } from './trunk.ts'

/** The connections that belong together: all with one correlator (protocol sheet, section 1). */
export interface ConnectionGroup {
  readonly correlator: string
  /** A data connection. */
  readonly data: boolean
}

export interface InteriorLinkOptions extends LinkOptions {
  readonly dataConnections: number
  readonly retry?: DialLoopOptions['retry']
  readonly amqp: (connectionId: number, group: ConnectionGroup) => ConnectionOptions
  /** The correlator of the next control connection. */
  readonly correlator: () => string
}

/** A control connection to another interior router and its data connections, dialled again for ever. */
export class InteriorLink {
  readonly #context: DialContext
  readonly #options: InteriorLinkOptions
  readonly #loop: DialLoop
  #current: { readonly connection: RouterConnection; readonly correlator: string; readonly trunk: Trunk } | undefined
  #role: ControlConnection | undefined
  #isLinked = false
  #isSuperseded = false

  constructor(context: DialContext, options: InteriorLinkOptions) {
    this.#context = context
    this.#options = options
    this.#loop = new DialLoop({
      ...context,
      target: options.target,
      retry: options.retry,
      connect: (socket, onClosed) => {
        this.#connect(socket, onClosed)
      },
      onFailed: options.onFailed,
    })
  }

  /** Of the connection that is linked; undefined where none is. */
  get correlator(): string | undefined {
    return this.#isLinked ? this.#current?.correlator : undefined
  }

  get isLinked(): boolean {
    return this.#isLinked
  }

  start(): void {
    this.#loop.start()
  }

  /** Dials no more. Connections that stand are left alone. */
  stop(): void {
    this.#loop.stop()
    this.#current?.trunk.stop()
  }

  /** Dials no longer as often as `retry` says. */
  relax(): void {
    this.#loop.relax()
  }

  /** A newer link has taken over: no new traffic here. What is under way goes on, and then the connections close. */
  supersede(): void {
    this.#isSuperseded = true
    this.#loop.stop()
    this.#current?.trunk.supersede()
    this.#role?.supersede()
  }

  /** Closes the link for good. Harmless when called twice. */
  close(): void {
    this.#loop.stop()
    this.#current?.trunk.close()
    this.#current?.connection.close()
  }

  #connect(socket: Socket, onClosed: (reason?: SkupperError) => void): void {
    const { name, target, amqp } = this.#options
    const correlator = this.#options.correlator()
    const trunk = new Trunk(this.#context, { name, target, amqp: (id) => amqp(id, { correlator, data: true }) })
    const connection = this.#context.connections.add({
      ...{ name, socket, dir: 'out', dialled: target(), role: 'inter-router' },
      amqp: (id) => amqp(id, { correlator, data: false }),
      owner: {
        onOpen: (self, peer) => this.#opened(self, peer, trunk),
        onClosed: (_, reason) => {
          if (!this.#isSuperseded) trunk.close()
          this.#current = undefined
          this.#role = undefined
          this.#isLinked = false
          this.#options.onClosed(reason)
          onClosed(reason)
        },
      },
    })
    this.#current = { connection, correlator, trunk }
  }

  #opened(connection: RouterConnection, peer: Peer, trunk: Trunk): Role | undefined {
    const { isRefused, onLinked, dataConnections } = this.#options
    if (isRefused(connection, peer)) return undefined
    const cost = linkCost(this.#options.cost, peer.properties)
    this.#role = new ControlConnection(this.#context, {
      ...{ connection, peer, cost, members: trunk.group, dialled: true },
      keptBy: () => trunk.hasConnections,
      onReady: () => {
        this.#isLinked = true
        if (peer.offeredCapabilities.includes(CAPABILITY.trunking)) trunk.start(peer.containerId, dataConnections)
        onLinked(peer, cost)
      },
    })
    return this.#role
  }
}
