import type { Socket } from 'node:net'
import type { Peer } from '../../amqp/connection.ts'
import { amqpOptions, isDataConnection, linkCost } from './amqp-options.ts'
import { ClientLinks } from './client-links.ts'
import type { Connections } from './connections.ts'
import { ControlConnection, type Mesh } from './control-connection.ts'
import { DataConnection } from './data-connection.ts'
import { EdgeLinks } from './edge-links.ts'
import type { ListenerOptions } from './listener.ts'
import type { Role, RouterConnection } from './router-connection.ts'
import { TrunkGroups } from './trunk-groups.ts'

/** What accepting works with. */
export interface AcceptContext extends Mesh {
  readonly routerId: string
  readonly version: string
  readonly connections: Connections
}

/** Makes connections of the sockets that listeners accept: of clients, and of routers that dial this one. */
export class IncomingRoles {
  readonly #context: AcceptContext
  readonly #groups = new TrunkGroups()
  /** The active connection of each edge router. */
  readonly #edges = new Map<string, EdgeLinks>()

  constructor(context: AcceptContext) {
    this.#context = context
  }

  /** `verified`: the certificate of the other end was checked. */
  accept(socket: Socket, listener: ListenerOptions, verified: boolean): void {
    const { routerId, version, connections } = this.#context
    connections.add({
      ...{ name: listener.name, socket, dir: 'in', role: listener.role },
      amqp: (connectionId) =>
        amqpOptions({
          ...{ routerId, version, connectionId, cost: listener.cost, accessId: listener.accessId },
          ...{ maxFrameSize: listener.maxFrameSize, idleTimeoutMs: listener.idleTimeoutMs },
          saslOptional: !verified,
          betweenRouters: listener.role !== 'normal',
          saslMechanisms: listener.saslMechanisms ?? [verified ? 'EXTERNAL' : 'ANONYMOUS'],
        }),
      owner: {
        onOpen: (connection, peer) => {
          if (listener.role === 'normal') return this.#client({ connection, peer, verified })
          if (listener.role === 'edge') return this.#edge(connection, peer)
          return isDataConnection(peer.properties)
            ? this.#data(connection, peer)
            : this.#control(connection, peer, listener)
        },
        onClosed: () => undefined,
      },
    })
  }

  #client({ connection, peer, verified }: { connection: RouterConnection; peer: Peer; verified: boolean }): Role {
    return new ClientLinks({
      ...this.#context,
      connectionId: connection.id,
      connection: connection.amqp,
      origin: { kind: verified ? 'local-client' : 'network', peer: peer.containerId },
      capabilities: peer.offeredCapabilities,
    })
  }

  #edge(connection: RouterConnection, peer: Peer): Role | undefined {
    const { containerId: id } = peer
    if (id === this.#context.routerId) {
      connection.refuse('amqp:not-allowed', `this router has the id ${id} itself`)
      return undefined
    }
    const role = new EdgeLinks({
      ...this.#context,
      ...{ connection, peer },
      // An edge that comes anew is where its messages go, even if the loss of its old connection is not noticed yet.
      onActive: () => {
        const before = this.#edges.get(id)
        if (before !== undefined && before !== role) role.succeed(before)
        this.#edges.set(id, role)
      },
      onGone: () => {
        if (this.#edges.get(id) === role) this.#edges.delete(id)
      },
    })
    return role
  }

  #control(connection: RouterConnection, peer: Peer, listener: ListenerOptions): Role | undefined {
    if (peer.containerId === this.#context.routerId) {
      connection.refuse('amqp:not-allowed', `this router has the id ${peer.containerId} itself`)
      return undefined
    }
    const lead = this.#groups.lead(peer, {
      retire: () => {
        role.retire()
      },
    })
    if (lead === 'taken') {
      connection.refuse('amqp:connection:forced', 'the connector has a connection with these or newer certificates')
      return undefined
    }
    const role = new ControlConnection(this.#context, {
      ...{ connection, peer, members: lead.group, dialled: false },
      cost: linkCost(listener.cost, peer.properties),
      onReady: lead.takeOver,
      onGone: lead.leave,
    })
    return role
  }

  #data(connection: RouterConnection, peer: Peer): Role | undefined {
    const role = new DataConnection(this.#context, {
      connection,
      peer,
      onRetired: () => membership?.leave(),
    })
    const membership = this.#groups.join(peer, role.pool)
    if (membership !== undefined) return role
    connection.refuse('amqp:invalid-field', 'a data connection without a group')
    return undefined
  }
}
