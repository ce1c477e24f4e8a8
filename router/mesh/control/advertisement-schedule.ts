import type { ControlTimers } from './control-link.ts'

/** The part of an interval by which it may be shortened, so that routers started together do not speak together. */
const JITTER = 0.1
/** Changes announced at once within one tick; further ones wait for the tick and go together. */
const CHANGES_PER_TICK = 8

/** When to send the router advertisement: at once on a change, soon after changes of topology, and now and then. */
export class AdvertisementSchedule {
  readonly #timers: ControlTimers
  readonly #random: () => number
  #dueAt = -Infinity
  #fastUntil = -Infinity
  #changesLeft = CHANGES_PER_TICK

  constructor(timers: ControlTimers, random: () => number) {
    this.#timers = timers
    this.#random = random
  }

  isDue(now: number): boolean {
    return now >= this.#dueAt
  }

  /** Whether a change may be announced now; a yes counts. */
  takeChange(): boolean {
    if (this.#changesLeft === 0) return false
    this.#changesLeft -= 1
    return true
  }

  tick(): void {
    this.#changesLeft = CHANGES_PER_TICK
  }

  topologyChanged(now: number): void {
    this.#fastUntil = now + this.#timers.raFastForMs
    this.#dueAt = Math.min(this.#dueAt, now + this.#timers.raFastMs)
  }

  sent(now: number): void {
    const interval = now < this.#fastUntil ? this.#timers.raFastMs : this.#timers.raMs
    this.#dueAt = now + interval * (1 - JITTER * this.#random())
  }
}
