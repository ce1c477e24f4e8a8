import { ControlPlane } from '../../router/mesh/control/control-plane.ts'
import type { ControlLink, ControlTimers } from '../../router/mesh/control/control-link.ts'

const TICK_MS = 1_000
const FIRST_INSTANCE = 1_000_000

/** One router of a simulation and what it told its owner. */
export interface SimulatedRouter {
  readonly plane: ControlPlane
  readonly instance: number
  readonly lost: string[]
  readonly duplicates: string[]
  readonly addresses: string[]
  readonly warnings: string[]
}

/** A connection between two simulated routers. */
export interface Wire {
  /** Messages for which this says yes never arrive; the ends do not notice. */
  loses: (message: Buffer) => boolean
  readonly delayMs: number
  readonly cost: number
  /** Closes it: both ends are told. */
  close(): void
}

interface WireOptions {
  readonly cost?: number
  readonly delayMs?: number
}

/**
 * Many control planes in one process with one virtual clock: each message travels for some ms over its wire, in order.
 * The same calls always give the same run.
 */
export class MeshSimulation {
  readonly #routers = new Map<string, SimulatedRouter>()
  readonly #wires = new Map<Wire, readonly [string, string]>()
  readonly #agenda = new Map<number, (() => void)[]>()
  readonly #timers: Partial<ControlTimers>
  #now = 0
  #seed: number
  /** Messages delivered so far. */
  delivered = 0

  constructor({ seed = 1, timers = {} }: { seed?: number; timers?: Partial<ControlTimers> } = {}) {
    this.#seed = seed
    this.#timers = timers
  }

  get now(): number {
    return this.#now
  }

  /** A number from 0 up to 1 (xorshift). */
  random = (): number => {
    this.#seed ^= this.#seed << 13
    this.#seed ^= this.#seed >>> 17
    this.#seed ^= this.#seed << 5
    return (this.#seed >>> 0) / 2 ** 32
  }

  /** Starts a router. `slot` tells apart two routers with the same id. */
  start(routerId: string, options: { instance?: number; firstSeq?: number; slot?: string } = {}): SimulatedRouter {
    const { instance = FIRST_INSTANCE + Math.floor(this.#now / 1_000), firstSeq = 0, slot = routerId } = options
    const notes = {
      lost: [] as string[],
      duplicates: [] as string[],
      addresses: [] as string[],
      warnings: [] as string[],
    }
    const plane = new ControlPlane({
      routerId,
      instance,
      firstSeq,
      now: () => this.#now,
      random: this.random,
      timers: this.#timers,
      events: {
        onTopology: () => undefined,
        onRouterLost: (id) => notes.lost.push(id),
        onAddress: (key) => notes.addresses.push(key),
        onLeaving: () => undefined,
        onDuplicateId: (id) => notes.duplicates.push(id),
      },
      log: { info: () => undefined, warn: (_facts, text) => notes.warnings.push(text) },
    })
    const router = { plane, instance, ...notes }
    this.#routers.set(slot, router)
    this.#tickFrom(slot, router, Math.floor(this.random() * TICK_MS))
    return router
  }

  startAll(...ids: string[]): SimulatedRouter[] {
    return ids.map((id) => this.start(id))
  }

  /** Ends a router as a crash does: its connections close. */
  stop(slot: string): void {
    this.#routers.delete(slot)
    for (const [wire, ends] of this.#wires) if (ends.includes(slot)) wire.close()
  }

  router(slot: string): SimulatedRouter {
    const router = this.#routers.get(slot)
    if (router === undefined) throw new Error(`no router "${slot}" in this simulation`)
    return router
  }

  plane(slot: string): ControlPlane {
    return this.router(slot).plane
  }

  ids(): string[] {
    return [...this.#routers.keys()]
  }

  connect(a: string, b: string, { cost = 1, delayMs = 1 }: WireOptions = {}): Wire {
    const ends = { a: this.router(a), b: this.router(b) }
    const wire: Wire = {
      loses: () => false,
      delayMs,
      cost,
      close: () => {
        if (!this.#wires.delete(wire)) return
        ends.a.plane.linkDown(toB)
        ends.b.plane.linkDown(toA)
      },
    }
    const toB = this.#end(wire, ends.b, () => toA)
    const toA = this.#end(wire, ends.a, () => toB)
    this.#wires.set(wire, [a, b])
    ends.a.plane.linkUp(toB)
    ends.b.plane.linkUp(toA)
    return wire
  }

  /** Connects a chain of routers. */
  line(...slots: string[]): Wire[] {
    return slots.slice(1).map((slot, at) => this.connect(slots[at] ?? '', slot))
  }

  /** Closes every wire between the two. */
  cut(a: string, b: string): void {
    for (const [wire, ends] of this.#wires) if (ends.includes(a) && ends.includes(b)) wire.close()
  }

  /** Lets `ms` pass. */
  run(ms: number): void {
    for (const until = this.#now + ms; this.#now < until;) {
      this.#now += 1
      this.#perform()
    }
  }

  /** Lets `ms` pass in which nothing at all happens, as when the machine is suspended; what was due comes after. */
  sleep(ms: number): void {
    const agenda = [...this.#agenda].map(([time, actions]) => [time + ms, actions] as const)
    this.#agenda.clear()
    for (const [time, actions] of agenda) this.#agenda.set(time, actions)
    this.#now += ms
  }

  /** Does something `delayMs` (at least 1) from now. */
  at(delayMs: number, action: () => void): void {
    const time = this.#now + Math.max(1, delayMs)
    const actions = this.#agenda.get(time)
    if (actions === undefined) this.#agenda.set(time, [action])
    else actions.push(action)
  }

  #perform(): void {
    const actions = this.#agenda.get(this.#now) ?? []
    this.#agenda.delete(this.#now)
    for (const action of actions) action()
  }

  #end(wire: Wire, far: SimulatedRouter, back: () => ControlLink): ControlLink {
    return {
      peerId: far.plane.routerId,
      cost: wire.cost,
      send: (message) => {
        if (wire.loses(message)) return
        this.at(wire.delayMs, () => {
          if (!this.#wires.has(wire)) return
          this.delivered += 1
          far.plane.receive(back(), message)
        })
      },
    }
  }

  #tickFrom(slot: string, router: SimulatedRouter, delayMs: number): void {
    this.at(delayMs, () => {
      if (this.#routers.get(slot) !== router) return
      router.plane.tick()
      this.#tickFrom(slot, router, TICK_MS)
    })
  }
}
