import type { Fields } from './composite.ts'
import type { DeliveryState } from './delivery.ts'

/** Frames that may be on their way for each link: what a link of its own session gets. */
const FRAMES_PER_LINK = 256

/** A delivery that is not settled yet. */
interface Unsettled {
  onSettled(): void
  onLost(): void
}

/** What the receiving half of a session needs of it. */
export interface SessionInputHost {
  /** The window should be told anew. */
  onWindowDue(): void
  sendDisposition(id: number, state: DeliveryState, settled: boolean): void
}

/**
 * The receiving half of a session. Its window grows with its links, up to `maxFrames`; what paused deliveries hold is
 * taken off it, counted in whole frames' worth of bytes. So one slow reader costs its session what it holds and no more.
 */
export class SessionInput {
  readonly #host: SessionInputHost
  readonly #maxFrames: number
  readonly #frameSize: number
  readonly #unsettled = new Map<number, Unsettled>()
  #links = 0
  #heldBytes = 0
  /** Frames the peer may still send, as it knows. */
  #left = 0
  #nextFrameId: number | undefined

  constructor(host: SessionInputHost, maxFrames: number, frameSize: number) {
    this.#host = host
    this.#maxFrames = maxFrames
    this.#frameSize = frameSize
  }

  /** Undefined until the peer's begin. */
  get nextFrameId(): number | undefined {
    return this.#nextFrameId
  }

  /** Deliveries came that are not settled yet. */
  get hasUnsettled(): boolean {
    return this.#unsettled.size > 0
  }

  onBegin(nextOutgoingId: number): void {
    this.#nextFrameId = nextOutgoingId
  }

  /** The window to announce now; it counts as announced. */
  announce(): number {
    this.#left = Math.max(this.#left, this.#target())
    return this.#left
  }

  onLink(change: 1 | -1): void {
    this.#links += change
    this.#check()
  }

  /** A transfer frame has come. False if the window did not allow it. */
  onFrame(): boolean {
    if (this.#nextFrameId === undefined || this.#left === 0) return false
    this.#nextFrameId = (this.#nextFrameId + 1) >>> 0
    this.#left--
    this.#check()
    return true
  }

  hold(bytes: number): void {
    this.#heldBytes += bytes
  }

  release(bytes: number): void {
    if (bytes === 0) return
    this.#heldBytes -= bytes
    this.#check()
  }

  expectSettlement(id: number, delivery: Unsettled): void {
    this.#unsettled.set(id, delivery)
  }

  forget(id: number): void {
    this.#unsettled.delete(id)
  }

  sendDisposition(id: number, state: DeliveryState, settled: boolean): void {
    if (settled) this.forget(id)
    this.#host.sendDisposition(id, state, settled)
  }

  /** The sender's disposition: it settles, by itself or in answer to ours. */
  onDisposition({ first, last = first, settled = false }: Fields<'disposition'>): void {
    if (!settled) return
    const span = (last - first) >>> 0
    const ids = span === 0 ? [first] : [...this.#unsettled.keys()].filter((id) => (id - first) >>> 0 <= span)
    for (const id of ids) {
      this.#unsettled.get(id)?.onSettled()
      this.#unsettled.delete(id)
    }
  }

  /** The session is gone: nothing more comes, and nothing can be said. */
  lose(): void {
    for (const delivery of this.#unsettled.values()) delivery.onLost()
    this.#unsettled.clear()
  }

  #target(): number {
    const full = Math.min(this.#maxFrames, FRAMES_PER_LINK * Math.max(1, this.#links))
    return Math.max(0, full - Math.ceil(this.#heldBytes / this.#frameSize))
  }

  /** The window is renewed when half of it is used: not for each frame, and before the peer has to wait. */
  #check(): void {
    const target = this.#target()
    if (this.#left < target && this.#left * 2 <= target) this.#host.onWindowDue()
  }
}
