import { SkupperError } from '../../core/model/error.ts'
import { Connections } from './connection/connections.ts'
import { MeshConnector, type ConnectorContext, type ConnectorOptions } from './connection/connector.ts'
import { DEFAULT_TIMERS, type ControlLog, type ControlTimers, type RouterView } from './control/control-link.ts'
import { ControlPlane } from './control/control-plane.ts'
import { EdgePlane } from './control/edge-plane.ts'
import { Forwarder } from './forward/forwarder.ts'
import { IncomingRoles } from './connection/incoming-roles.ts'
import { MeshListener, type ListenerOptions } from './connection/listener.ts'
import { Refusals } from './connection/refusals.ts'
import type { Hop } from './forward/hop-target.ts'
import type { RouterMode } from './router-annotations.ts'
import type { AddressView } from './forward/address-table.ts'
import type { ConnectionView, LinkView } from './connection/router-connection.ts'

export interface RouterCoreOptions {
  /** An edge router dials interior routers and passes nothing on between them; 'interior' by default. */
  readonly mode?: RouterMode
  readonly routerId: string
  /** Boot time in ms: it must grow from start to start. */
  readonly bootedAt: number
  readonly version: string
  /** The time in ms. */
  readonly now: () => number
  /** A random number from 0 up to 1. */
  readonly random: () => number
  readonly log: ControlLog
  readonly timers?: Partial<ControlTimers>
}

/** How long a close waits for connections to say goodbye. */
const CLOSE_DEADLINE_MS = 2_000

/**
 * One router, interior or edge: its listeners, connectors and connections, the control plane that knows the network and the
 * forwarder that carries messages through it.
 */
export class RouterCore {
  readonly control: ControlPlane
  readonly forwarder: Forwarder
  readonly #context: ConnectorContext
  readonly #connections: Connections
  readonly #refusals: Refusals
  readonly #incoming: IncomingRoles
  readonly #listeners = new Map<string, MeshListener>()
  readonly #connectors = new Map<string, MeshConnector>()
  readonly #tickMs: number
  #ticking: NodeJS.Timeout | undefined

  constructor(options: RouterCoreOptions) {
    const { routerId, bootedAt, now, random, log, timers = {} } = options
    this.#tickMs = timers.helloMs ?? DEFAULT_TIMERS.helloMs
    this.control = new ControlPlane({
      ...{ routerId, now, random, timers, log },
      instance: Math.floor(bootedAt / 1000),
      firstSeq: bootedAt % 1000,
      events: {
        onTopology: () => {
          this.forwarder.onTopology()
        },
        onAddress: (key) => {
          this.forwarder.onAddress(key)
        },
        onRouterLost: (id) => {
          log.info({ router: id }, 'a router of the network is out of reach')
        },
        onLeaving: (id) => {
          this.#handOver(id)
        },
        onDuplicateId: () => undefined,
      },
    })
    const edge = options.mode === 'edge' ? this.#edgePlane(options) : undefined
    this.forwarder = new Forwarder({ routes: edge ?? this.control, random })
    this.#refusals = new Refusals({ log, now })
    this.#connections = new Connections({ log, refusals: this.#refusals, now })
    this.#context = {
      ...options,
      ...{ forwarder: this.forwarder, control: this.control, connections: this.#connections, edge },
    }
    this.#incoming = new IncomingRoles(this.#context)
  }

  #edgePlane({ routerId, log }: RouterCoreOptions): EdgePlane<Hop> {
    return new EdgePlane<Hop>(routerId, {
      onUplink: (hop, before) => {
        if (before !== undefined) this.forwarder.removeHop(before)
        if (hop !== undefined) this.forwarder.addHop(hop)
        if (hop === undefined) log.warn({}, 'this edge router has no interior router')
        else log.info({ router: hop.peerId }, 'this edge router has an interior router')
        this.forwarder.onTopology()
      },
      onAddress: (key) => {
        this.forwarder.onAddress(key)
      },
    })
  }

  /** Starts the beat of the control plane. */
  start(): void {
    this.#ticking ??= setInterval(() => {
      this.control.tick()
      this.#connections.sweep()
    }, this.#tickMs)
  }

  /** @throws SkupperError `mesh/name-in-use`, `mesh/port-in-use`, `mesh/cannot-listen`, `mesh/bad-certificate` */
  async addListener(options: ListenerOptions): Promise<MeshListener> {
    if (this.#listeners.has(options.name)) throw nameInUse('listener', options.name)
    const listener = await MeshListener.open(options, {
      log: this.#context.log,
      refusals: this.#refusals,
      onSocket: (socket, verified) => {
        this.#incoming.accept(socket, options, verified)
      },
    })
    this.#listeners.set(options.name, listener)
    return listener
  }

  /** Closes the listener; connections that came by it stay. False if there is none of that name. */
  removeListener(name: string): boolean {
    this.#listeners.get(name)?.close()
    this.#refusals.forget(name)
    return this.#listeners.delete(name)
  }

  /** Starts to dial. @throws SkupperError `mesh/name-in-use` */
  addConnector(options: ConnectorOptions): MeshConnector {
    if (this.#connectors.has(options.name)) throw nameInUse('connector', options.name)
    const connector = new MeshConnector(options, this.#context)
    this.#connectors.set(options.name, connector)
    return connector
  }

  /** Closes the link. False if there is none of that name. */
  removeConnector(name: string): boolean {
    this.#connectors.get(name)?.close()
    return this.#connectors.delete(name)
  }

  /** Whether it knows what there is in the network it is linked to. An edge router is told only what it asks for. */
  get isInformed(): boolean {
    return this.#context.edge !== undefined || this.control.isInformed
  }

  connections(): ConnectionView[] {
    return this.#connections.views()
  }

  links(): LinkView[] {
    return this.#connections.links()
  }

  addresses(): AddressView[] {
    return this.forwarder.addresses()
  }

  nodes(): RouterView[] {
    return this.control.routers()
  }

  /** Closes one connection. A connector dials again. False if there is none with that number. */
  closeConnection(id: number): boolean {
    const connection = this.#connections.get(id)
    connection?.refuse('amqp:connection:forced', 'closed by management')
    return connection !== undefined
  }

  /**
   * Says that this router is about to end: new streams pass it by, and routers that dialled it dial again, which leads
   * them to the router that follows where there is one. It takes no new connection of routers.
   */
  leave(): void {
    for (const listener of this.#listeners.values()) if (listener.options.role !== 'normal') listener.close()
    this.control.leave()
  }

  /** Waits until the streams that cross it have ended, for at most `graceMs`. */
  async drain(graceMs: number): Promise<void> {
    await this.forwarder.transits.idle(graceMs)
  }

  /** Stops listening and dialling and closes every connection; resolves when they are gone. Harmless when called twice. */
  async close(): Promise<void> {
    this.#stop()
    this.#connections.closeAll()
    await this.#connections.whenEmpty(CLOSE_DEADLINE_MS)
    this.destroy(new SkupperError('mesh/closed', 'the router was closed'))
  }

  /** Drops everything at once. Harmless when called twice. */
  destroy(reason: SkupperError): void {
    this.#stop()
    this.#connections.destroyAll(reason)
  }

  #handOver(routerId: string): void {
    for (const connector of this.#connectors.values()) {
      if (connector.peer?.routerId === routerId) connector.handOver()
    }
  }

  #stop(): void {
    clearInterval(this.#ticking)
    this.#ticking = undefined
    for (const listener of this.#listeners.values()) listener.close()
    for (const connector of this.#connectors.values()) connector.close()
  }
}

function nameInUse(what: string, name: string): SkupperError {
  return new SkupperError('mesh/name-in-use', `there is a ${what} named ${JSON.stringify(name)} already`, {
    given: name,
  })
}
