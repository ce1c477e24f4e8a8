import type { ControlEvents, ControlLink, ControlLog, ControlTimers, Holder, RouterView } from './control-link.ts'

export interface ControlPlaneOptions {
  readonly routerId: string
  /** Boot time in seconds. It must be larger than at every earlier start of this router id. */
  readonly instance: number
  /** The clock in ms. */
  readonly now: () => number
  /** A random number from 0 up to 1. */
  readonly random: () => number
  readonly timers?: Partial<ControlTimers>
  readonly events: ControlEvents
  readonly log?: ControlLog
}

/** The routing brain of one interior router. Surface first: the methods are being filled in. */
export class ControlPlane {
  readonly routerId: string

  constructor(options: ControlPlaneOptions) {
    this.routerId = options.routerId
  }

  /** Hops to the farthest router. A data message whose trace is longer than `radius + 1` is in a loop. */
  get radius(): number {
    return 0
  }

  linkUp(link: ControlLink): void {
    link.send(Buffer.alloc(0))
  }

  linkDown(_link: ControlLink): void {}

  receive(_link: ControlLink, _message: Buffer): void {}

  /** Call once per `timers.helloMs`. */
  tick(): void {}

  /** Spreads an address key of class M, N or H. Called again it changes treatment or count. */
  advertise(_key: string, _treatment: number, _inLinks = 0): void {}

  withdraw(_key: string): void {}

  nextHop(_routerId: string): ControlLink | undefined {
    return undefined
  }

  cost(_routerId: string): number | undefined {
    return undefined
  }

  /** The remote routers with a route that hold `key`. The array is stable until the next onAddress or onTopology. */
  holders(_key: string): readonly Holder[] {
    return []
  }

  /** Whether messages that entered at `origin` reach `destination` through this router. Cheap: for every delivery. */
  carries(_origin: string, _destination: string): boolean {
    return false
  }

  /** The origins for which `carries` says yes: a listing for management. */
  validOrigins(_destination: string): ReadonlySet<string> {
    return new Set()
  }

  routers(): RouterView[] {
    return []
  }
}
