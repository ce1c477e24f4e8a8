import type { DeliveryState, IncomingDelivery, IncomingHandler } from './delivery.ts'
import { Fifo } from './fifo.ts'
import type { SessionInput } from './session-input.ts'

const DISCARD: IncomingHandler = { onData: () => undefined, onEnd: () => undefined, onAborted: () => undefined }

/** A held piece that keeps more than this many times its size in memory is copied. */
const MAX_WASTE = 8
const BLOCK_BYTES = 16 * 1024

/**
 * A delivery being received. Its bytes go straight to the reader; while the reader pauses they are held here, and count
 * against the session's window.
 */
export class Incoming implements IncomingDelivery {
  handler: IncomingHandler = DISCARD
  readonly #input: SessionInput
  readonly #id: number
  readonly #held = new Fifo<Buffer>()
  #heldBytes = 0
  /** The block small held pieces are copied into, and how much of it is used. */
  #block: Buffer | undefined
  #blockUsed = 0
  #settled: boolean
  #paused = false
  #delivering = false
  /** `complete`: all bytes are here, some of them held. `over`: the reader hears nothing more. */
  #phase: 'open' | 'complete' | 'over' = 'open'

  constructor(input: SessionInput, id: number, settled: boolean) {
    this.#input = input
    this.#id = id
    this.#settled = settled
  }

  get id(): number {
    return this.#id
  }

  get settled(): boolean {
    return this.#settled
  }

  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
    if (this.#delivering || this.#phase === 'over') return
    this.#delivering = true
    this.#sealBlock()
    for (let chunk = this.#nextHeld(); chunk !== undefined; chunk = this.#nextHeld()) this.handler.onData(chunk)
    this.#delivering = false
    this.#endIfComplete()
  }

  update(state: DeliveryState, settled: boolean): void {
    if (this.#settled) return
    if (settled) {
      this.#settled = true
      this.#over()
    }
    this.#input.sendDisposition(this.#id, state, settled)
  }

  /** The next bytes from the peer. */
  onPayload(payload: Buffer): void {
    if (this.#phase === 'over') return
    if (this.#paused || this.#heldBytes > 0) this.#hold(payload)
    else this.handler.onData(payload)
  }

  /** The last byte has come. */
  onComplete(): void {
    if (this.#phase !== 'open') return
    this.#phase = 'complete'
    this.#endIfComplete()
  }

  /** The sender has settled it. */
  onSettled(): void {
    this.#settled = true
  }

  /** Aborted, or the way it came is gone: what came is told only if it is complete. */
  onLost(): void {
    this.#settled = true
    if (this.#phase !== 'open') return
    this.#over()
    this.handler.onAborted()
  }

  #endIfComplete(): void {
    if (this.#phase !== 'complete' || this.#paused || this.#delivering || this.#heldBytes > 0) return
    this.#phase = 'over'
    this.handler.onEnd(this.#settled)
  }

  #over(): void {
    this.#phase = 'over'
    this.#held.clear()
    this.#block = undefined
    this.#input.release(this.#heldBytes)
    this.#heldBytes = 0
  }

  #nextHeld(): Buffer | undefined {
    if (this.#paused) return undefined
    const chunk = this.#held.shift()
    if (chunk === undefined) return undefined
    this.#heldBytes -= chunk.length
    this.#input.release(chunk.length)
    return chunk
  }

  #hold(payload: Buffer): void {
    this.#heldBytes += payload.length
    this.#input.hold(payload.length)
    if (payload.length * MAX_WASTE >= payload.buffer.byteLength) {
      this.#sealBlock()
      this.#held.push(payload)
    } else {
      this.#holdCopy(payload)
    }
  }

  #holdCopy(payload: Buffer): void {
    if (this.#block !== undefined && this.#block.length - this.#blockUsed < payload.length) this.#sealBlock()
    this.#block ??= Buffer.allocUnsafe(Math.max(BLOCK_BYTES, payload.length))
    this.#blockUsed += payload.copy(this.#block, this.#blockUsed)
  }

  #sealBlock(): void {
    if (this.#block !== undefined) this.#held.push(this.#block.subarray(0, this.#blockUsed))
    this.#block = undefined
    this.#blockUsed = 0
  }
}
