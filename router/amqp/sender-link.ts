import { SkupperError } from '../../core/model/error.ts'
import type { Fields } from './composite.ts'
import type { Cause } from './conditions.ts'
import type { OutgoingDelivery } from './delivery.ts'
import { Fifo } from './fifo.ts'
import type { FlowSource, Pumpable } from './flusher.ts'
import { LinkEnd } from './link-end.ts'
import { Outgoing } from './outgoing.ts'
import type { OutgoingLink } from './outgoing.ts'
import type { SendOptions, Sender, SenderHandler } from './sender.ts'
import type { SessionOutput } from './session-output.ts'
import type { Terminus } from './terminus.ts'

const UNOWNED: SenderHandler = { onCredit: () => undefined, onDetached: () => undefined }
const MAX_TAG_BYTES = 32

/** The sending end of a link: a queue of deliveries, of which the first is on its way. */
export class SenderLink extends LinkEnd implements Sender, OutgoingLink, Pumpable, FlowSource {
  readonly role = 'sender'
  handler: SenderHandler = UNOWNED
  readonly #queue = new Fifo<Outgoing>()
  #credit = 0
  /** Deliveries sent or queued, modulo 2^32. */
  #deliveryCount = 0
  #inRound = false
  #owing = false
  /** The receiver wants its credit used or given back. */
  #draining = false
  /** The owner wants to detach, once what it has ended is sent. */
  #leaving: { cause: Cause | undefined } | undefined

  get output(): SessionOutput {
    return this.host.output
  }

  get deliveryBytes(): number {
    return this.host.deliveryBytes
  }

  get credit(): number {
    return this.stage === 'attached' && this.#leaving === undefined ? this.#credit : 0
  }

  get idle(): boolean {
    return this.#queue.length === 0
  }

  accept(o: { source?: Terminus; target?: Terminus } = {}): void {
    this.answer(o)
    if (this.credit > 0) this.handler.onCredit()
  }

  send({ settled = false, tag }: SendOptions = {}): OutgoingDelivery {
    if (this.closed || this.#leaving !== undefined) {
      throw new SkupperError('amqp/detached', `the link ${this.name} is detached`)
    }
    if (this.credit === 0) throw new SkupperError('amqp/no-credit', `the link ${this.name} has no credit`)
    if (tag !== undefined && tag.length > MAX_TAG_BYTES) {
      const wanted = `at most ${String(MAX_TAG_BYTES)} bytes`
      throw new SkupperError('amqp/not-encodable', `a delivery tag of ${String(tag.length)} bytes`, {
        given: tag,
        wanted,
      })
    }
    this.#credit--
    this.#deliveryCount = (this.#deliveryCount + 1) >>> 0
    const delivery = new Outgoing(this, { settled, tag })
    this.#queue.push(delivery)
    return delivery
  }

  detach(cause?: Cause): void {
    if (this.closed || this.#leaving !== undefined) return
    this.#leaving = { cause }
    for (const delivery of [...this.#queue]) if (delivery.open) delivery.abort()
    this.#leaveIfSent()
  }

  override onFlow({ deliveryCount = 0, linkCredit, drain = false, echo = false }: Fields<'flow'>): void {
    const before = this.credit
    if (linkCredit !== undefined) {
      const unseen = (this.#deliveryCount - deliveryCount) >>> 0
      this.#credit = Math.max(0, linkCredit - (unseen < 0x80000000 ? unseen : 0))
    }
    this.#draining = drain
    if (drain || echo) this.#owe()
    if (before === 0 && this.credit > 0) this.handler.onCredit()
  }

  onReady(): void {
    if (this.#inRound || this.#queue.first?.ready !== true) return
    this.#inRound = true
    this.host.wake(this)
  }

  /** Never sent, so its credit comes back. */
  onWithdrawn(delivery: Outgoing): void {
    this.#queue.remove(delivery)
    this.#credit++
    this.#deliveryCount = (this.#deliveryCount - 1) >>> 0
    this.onReady()
  }

  pump(quantum: number): boolean {
    const { output } = this
    const limit = output.outbox.total + quantum
    for (let delivery = this.#queue.first; delivery?.ready === true; delivery = this.#queue.first) {
      if (!output.open) {
        output.block(this)
        delivery.relieve()
        return false
      }
      if (output.outbox.total >= limit) {
        delivery.relieve()
        return true
      }
      delivery.emit()
      if (delivery.sent) this.#queue.shift()
    }
    this.#inRound = false
    this.#queue.first?.relieve()
    if (this.#draining) this.#owe()
    this.#leaveIfSent()
    return false
  }

  writeFlow(): void {
    this.#owing = false
    if (this.stage !== 'attached') return
    const unstarted = this.#unstarted()
    if (this.#draining) {
      if (unstarted > 0) return
      this.#deliveryCount = (this.#deliveryCount + this.#credit) >>> 0
      this.#credit = 0
    }
    this.host.send('flow', {
      ...this.host.sessionFlow(),
      handle: this.handle,
      deliveryCount: (this.#deliveryCount - unstarted) >>> 0,
      linkCredit: this.#credit + unstarted,
      drain: this.#draining,
    })
    this.#draining = false
  }

  protected override onAttached(): void {
    this.handler.onAttached?.()
  }

  protected override onInitialCount(): void {
    // The sender's own count starts at 0: what a receiver says here has no meaning.
  }

  protected override onClosing(): void {
    const queued = [...this.#queue]
    this.#queue.clear()
    for (const delivery of queued) delivery.onLost()
    this.output.lose(this)
  }

  protected override onOver(error: SkupperError | undefined): void {
    this.handler.onDetached(error)
  }

  /** Deliveries that have taken their credit, but of which the peer has seen nothing yet. */
  #unstarted(): number {
    return this.#queue.length - (this.#queue.first?.started === true ? 1 : 0)
  }

  #leaveIfSent(): void {
    if (this.#leaving === undefined || this.#queue.length > 0 || this.closed) return
    this.sendDetach(this.#leaving.cause)
  }

  #owe(): void {
    if (this.#owing) return
    this.#owing = true
    this.host.owe(this)
  }
}
