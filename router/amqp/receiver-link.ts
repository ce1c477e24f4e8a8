import type { SkupperError } from '../../core/model/error.ts'
import type { Fields } from './composite.ts'
import { violation } from './conditions.ts'
import type { Cause } from './conditions.ts'
import type { FlowSource } from './flusher.ts'
import type { Frame } from './frame-reader.ts'
import { Incoming } from './incoming.ts'
import { LinkEnd } from './link-end.ts'
import type { Receiver, ReceiverHandler } from './receiver.ts'
import type { Terminus } from './terminus.ts'
import type { TransferReader } from './transfer.ts'

const UNOWNED: ReceiverHandler = { onDelivery: () => undefined, onDetached: () => undefined }

/** The receiving end of a link. */
export class ReceiverLink extends LinkEnd implements Receiver, FlowSource {
  readonly role = 'receiver'
  handler: ReceiverHandler = UNOWNED
  /** The delivery of which more is to come. */
  #current: Incoming | undefined
  #credit = 0
  /** Where the engine renews the credit: up to this. */
  #renewTo = 0
  #deliveryCount = 0
  #draining = false
  #owing = false
  /** The session's window counts with it. */
  #counted = false

  get credit(): number {
    return this.#credit
  }

  get idle(): boolean {
    return this.#current === undefined && !this.host.input.hasUnsettled
  }

  accept({ credit = 0, ...termini }: { source?: Terminus; target?: Terminus; credit?: number } = {}): void {
    this.answer(termini)
    this.renewCredit(credit)
    if (this.#credit > 0) this.#owe()
  }

  /** From now on the engine keeps the credit at `credit`. */
  renewCredit(credit: number): void {
    this.#renewTo = credit
    if (credit <= this.#credit) return
    this.#credit = credit
    this.#owe()
  }

  addCredit(count: number): void {
    this.#credit += count
    this.#owe()
  }

  drain(): void {
    this.#renewTo = 0
    this.#draining = true
    this.#owe()
  }

  detach(cause?: Cause): void {
    if (!this.closed) this.sendDetach(cause)
  }

  /** A transfer frame for this link; its payload is `frame.at` to `frame.end`. */
  onTransfer(transfer: TransferReader, frame: Frame): void {
    if (this.stage !== 'attached') return
    const delivery = this.#current ?? this.#begin(transfer)
    // The owner may have detached when it was told of the delivery.
    if (delivery === undefined || delivery !== this.#current) return
    if (transfer.deliveryId !== undefined && transfer.deliveryId !== delivery.id) {
      this.fail(violation('not-allowed', `delivery ${String(transfer.deliveryId)} within ${String(delivery.id)}`))
      return
    }
    if (transfer.settled || transfer.aborted) this.#settle(delivery)
    if (transfer.aborted) this.#abortCurrent(delivery)
    else this.#receive(delivery, frame, transfer.more)
  }

  override onFlow({ deliveryCount, echo = false }: Fields<'flow'>): void {
    if (deliveryCount !== undefined) this.#onSenderCount(deliveryCount)
    if (echo) this.#owe()
  }

  writeFlow(): void {
    this.#owing = false
    if (this.stage !== 'attached') return
    if (this.#renewTo > 0) this.#credit = this.#renewTo
    this.host.send('flow', {
      ...this.host.sessionFlow(),
      handle: this.handle,
      deliveryCount: this.#deliveryCount,
      linkCredit: this.#credit,
      drain: this.#draining,
    })
  }

  protected override onAttached(): void {
    this.handler.onAttached?.()
    if (this.#credit > 0) this.#owe()
  }

  protected override onInitialCount(count: number): void {
    this.#deliveryCount = count
    this.#counted = true
    this.host.input.onLink(1)
  }

  protected override onClosing(): void {
    const delivery = this.#current
    this.#current = undefined
    if (delivery === undefined) return
    this.host.input.forget(delivery.id)
    delivery.onLost()
  }

  protected override onOver(error: SkupperError | undefined): void {
    if (this.#counted) this.host.input.onLink(-1)
    this.handler.onDetached(error)
  }

  #begin(transfer: TransferReader): Incoming | undefined {
    const id = transfer.deliveryId
    if (id === undefined) {
      this.fail(violation('invalid-field', 'the first transfer of a delivery has no delivery-id'))
      return undefined
    }
    if (this.#credit === 0) {
      this.fail(violation('transfer-limit-exceeded', `a delivery without credit on the link ${this.name}`))
      return undefined
    }
    this.#credit--
    this.#deliveryCount = (this.#deliveryCount + 1) >>> 0
    const delivery = new Incoming(this.host.input, id, transfer.settled)
    this.#current = delivery
    if (!transfer.settled) this.host.input.expectSettlement(id, delivery)
    this.handler.onDelivery(delivery)
    return delivery
  }

  #receive(delivery: Incoming, frame: Frame, more: boolean): void {
    if (!more) this.#endCurrent()
    if (frame.at < frame.end) delivery.onPayload(frame.bytes.subarray(frame.at, frame.end))
    if (!more) delivery.onComplete()
  }

  #abortCurrent(delivery: Incoming): void {
    this.#endCurrent()
    delivery.onLost()
  }

  #settle(delivery: Incoming): void {
    delivery.onSettled()
    this.host.input.forget(delivery.id)
  }

  /** The link is free for the next delivery; credit is renewed when a quarter of it is used, not for each delivery. */
  #endCurrent(): void {
    this.#current = undefined
    const used = this.#renewTo - this.#credit
    if (used > 0 && used * 4 >= this.#renewTo) this.#owe()
  }

  /** The sender's count runs ahead of ours where it gives credit back (drain). */
  #onSenderCount(count: number): void {
    const skipped = (count - this.#deliveryCount) >>> 0
    if (skipped > this.#credit) return
    this.#deliveryCount = count
    this.#credit -= skipped
    if (!this.#draining || this.#credit > 0) return
    this.#draining = false
    this.handler.onDrained?.()
  }

  #owe(): void {
    if (this.#owing || this.closed) return
    this.#owing = true
    this.host.owe(this)
  }
}
