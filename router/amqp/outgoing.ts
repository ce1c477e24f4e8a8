import type { DeliveryState, OutgoingDelivery, OutgoingHandler } from './delivery.ts'
import { Fifo } from './fifo.ts'
import type { SessionOutput } from './session-output.ts'
import { MAX_TRANSFER_HEAD_BYTES, sealTransfer, writeTransferHead } from './transfer.ts'

/** The link a delivery is on. */
export interface OutgoingLink {
  /** The peer's view: what stands in a transfer. */
  readonly handle: number
  readonly output: SessionOutput
  /** Bytes that may wait in one delivery before its writer is asked to pause. */
  readonly deliveryBytes: number
  /** The delivery has something to send. */
  onReady(): void
  /** The delivery was aborted before its first frame: it never was. */
  onWithdrawn(delivery: Outgoing): void
}

export interface OutgoingSettings {
  readonly settled: boolean
  readonly tag: Buffer | undefined
}

const UNHEARD: OutgoingHandler = { onState: () => undefined, onDrain: () => undefined, onLost: () => undefined }

/**
 * A delivery being sent. What is written waits here until the link's turn, and leaves in frames as large as the peer
 * takes. After the frame with more=false nothing is ever sent for it again.
 */
export class Outgoing implements OutgoingDelivery {
  handler: OutgoingHandler = UNHEARD
  readonly #link: OutgoingLink
  readonly #chunks = new Fifo<Buffer>()
  readonly #tag: Buffer | undefined
  readonly #presettled: boolean
  /** Settled with its last frame at the latest: no disposition will come. */
  #settled: boolean
  #lost = false
  /** `ending` and `aborting` still have frames to send. */
  #phase: 'open' | 'ending' | 'aborting' | 'sent' = 'open'
  #id: number | undefined
  #queued = 0
  /** Bytes of the first chunk that have left. */
  #offset = 0
  #writerWaits = false

  constructor(link: OutgoingLink, settings: OutgoingSettings) {
    this.#link = link
    this.#presettled = settings.settled
    this.#settled = settings.settled
    this.#tag = settings.tag
  }

  write(chunk: Buffer): boolean {
    if (this.#phase !== 'open' || chunk.length === 0) return true
    this.#chunks.push(chunk)
    this.#queued += chunk.length
    this.#link.onReady()
    if (this.#queued < this.#link.deliveryBytes) return true
    this.#writerWaits = true
    return false
  }

  end(settled = false): void {
    if (this.#phase !== 'open') return
    this.#phase = 'ending'
    if (settled) this.#settled = true
    this.#link.onReady()
  }

  abort(): void {
    if (this.#phase === 'sent' || this.#phase === 'aborting') return
    this.#drop()
    this.#settled = true
    if (this.#id === undefined) {
      this.#phase = 'sent'
      this.#link.onWithdrawn(this)
    } else {
      this.#phase = 'aborting'
      this.#link.onReady()
    }
  }

  /** There is a frame to send. */
  get ready(): boolean {
    return this.#phase === 'open' ? this.#queued > 0 : this.#phase !== 'sent'
  }

  /** The last frame has gone to the outbox. */
  get sent(): boolean {
    return this.#phase === 'sent'
  }

  /** Its first frame has gone. */
  get started(): boolean {
    return this.#id !== undefined
  }

  /** Its writer has not ended it. */
  get open(): boolean {
    return this.#phase === 'open'
  }

  get link(): OutgoingLink {
    return this.#link
  }

  /** Makes the next frame. Only while `ready`, and the session's window is open. */
  emit(): void {
    const { outbox, head, frameSize } = this.#link.output
    head.deliveryId = this.#number()
    head.handle = this.#link.handle
    head.tag = this.#tag
    head.aborted = this.#phase === 'aborting'
    const at = outbox.room(MAX_TRANSFER_HEAD_BYTES)
    const headLength = writeTransferHead(outbox.slab, at, head)
    const payloadLength = Math.min(this.#queued, frameSize - headLength)
    const last = this.#phase !== 'open' && payloadLength === this.#queued
    const settled = this.#presettled || (last && this.#settled)
    sealTransfer(outbox.slab, at, { headLength, payloadLength, settled, more: !last })
    outbox.advance(headLength)
    this.#move(payloadLength)
    this.#link.output.onFrame()
    if (last) this.#finish()
  }

  /** Tells a waiting writer when enough has left. */
  relieve(): void {
    if (!this.#writerWaits || this.#queued * 2 > this.#link.deliveryBytes) return
    this.#writerWaits = false
    this.handler.onDrain()
  }

  /** The receiver's word. A delivery it has settled while it is still being written is ended: nobody wants the rest. */
  onState(state: DeliveryState | undefined, settled: boolean): void {
    if (settled && this.#phase !== 'sent') {
      this.#drop()
      this.#settled = true
      if (this.#phase === 'open') this.#phase = 'ending'
      this.#link.onReady()
    }
    this.handler.onState(state, settled)
  }

  /** Link or connection are gone. */
  onLost(): void {
    if (this.#lost) return
    this.#lost = true
    this.#drop()
    this.#phase = 'sent'
    this.handler.onLost()
  }

  /** The delivery's number, given out with its first frame: numbers leave in order. */
  #number(): number {
    this.#id ??= this.#link.output.register(this, this.#settled)
    return this.#id
  }

  #move(size: number): void {
    const { outbox } = this.#link.output
    this.#queued -= size
    let left = size
    while (left > 0) {
      const chunk = this.#chunks.first
      if (chunk === undefined) return
      const end = Math.min(chunk.length, this.#offset + left)
      outbox.append(chunk, this.#offset, end)
      left -= end - this.#offset
      this.#offset = end
      if (end === chunk.length) {
        this.#chunks.shift()
        this.#offset = 0
      }
    }
  }

  #finish(): void {
    this.#phase = 'sent'
    if (this.#settled && this.#id !== undefined) this.#link.output.forget(this.#id)
  }

  #drop(): void {
    this.#chunks.clear()
    this.#queued = 0
    this.#offset = 0
  }
}
