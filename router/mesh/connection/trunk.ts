import type { Socket } from 'node:net'
import type { SkupperError } from '../../../core/model/error.ts'
import type { ConnectionOptions, Peer } from '../../amqp/connection.ts'
import type { DialOptions } from '../../amqp/dial.ts'
import type { Connections } from './connections.ts'
import type { Mesh } from './control-connection.ts'
import { DataConnection } from './data-connection.ts'
import { DialLoop } from './dial-loop.ts'
import type { Role, RouterConnection } from './router-connection.ts'
import { TrunkGroup } from './trunk-groups.ts'

/** What dialling works with. */
export interface DialContext extends Mesh {
  readonly connections: Connections
  /** A random number from 0 up to 1. */
  readonly random: () => number
}

export interface TrunkOptions {
  /** Of the connector. */
  readonly name: string
  readonly target: () => DialOptions
  /** What to say in the open of a data connection with this number. */
  readonly amqp: (connectionId: number) => ConnectionOptions
}

/** The data connections that this router dials beside one control connection, for as long as that one lives. */
export class Trunk {
  readonly group = new TrunkGroup()
  readonly #context: DialContext
  readonly #options: TrunkOptions
  readonly #connections = new Map<RouterConnection, DataConnection | undefined>()
  #loops: readonly DialLoop[] = []

  constructor(context: DialContext, options: TrunkOptions) {
    this.#context = context
    this.#options = options
  }

  /** Keeps `count` data connections to the router that the control connection leads to. */
  start(routerId: string, count: number): void {
    this.#loops = Array.from({ length: count }, () => this.#loop(routerId))
    for (const loop of this.#loops) loop.start()
  }

  /** Connections that are open, or are being opened. */
  get hasConnections(): boolean {
    return this.#connections.size > 0
  }

  /** Dials no more. Connections that stand are left alone. */
  stop(): void {
    for (const loop of this.#loops) loop.stop()
  }

  /** A newer trunk has taken over: no new streams here, and each connection closes when its streams have ended. */
  supersede(): void {
    this.stop()
    for (const [connection, role] of this.#connections) {
      if (role === undefined) connection.close()
      else role.supersede()
    }
  }

  close(): void {
    this.stop()
    for (const connection of this.#connections.keys()) connection.close()
  }

  #loop(routerId: string): DialLoop {
    return new DialLoop({
      ...this.#context,
      target: this.#options.target,
      connect: (socket, onClosed) => {
        this.#connect(routerId, socket, onClosed)
      },
      onFailed: () => undefined,
    })
  }

  #connect(routerId: string, socket: Socket, onClosed: (reason?: SkupperError) => void): void {
    const { name, amqp, target } = this.#options
    const connection = this.#context.connections.add({
      ...{ name, socket, dir: 'out', dialled: target(), role: 'inter-router-data', amqp },
      owner: {
        onOpen: (self, peer) => this.#opened(self, peer, routerId),
        onClosed: (self, reason) => {
          this.#connections.delete(self)
          onClosed(reason)
        },
      },
    })
    this.#connections.set(connection, undefined)
  }

  #opened(connection: RouterConnection, peer: Peer, routerId: string): Role | undefined {
    if (peer.containerId !== routerId) {
      connection.refuse('amqp:not-allowed', `the control connection leads to ${routerId}`)
      return undefined
    }
    const role = new DataConnection(this.#context, {
      connection,
      peer,
      onRetired: () => {
        this.group.remove(role.pool)
      },
    })
    this.group.add(role.pool)
    this.#connections.set(connection, role)
    return role
  }
}
