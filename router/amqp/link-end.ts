import type { SkupperError } from '../../core/model/error.ts'
import type { CompositeName, Fields } from './composite.ts'
import { conditionOf, violation } from './conditions.ts'
import type { Cause } from './conditions.ts'
import { errorValue, readError } from './delivery-state.ts'
import type { FlowSource, Pumpable } from './flusher.ts'
import type { SessionInput } from './session-input.ts'
import type { SessionOutput } from './session-output.ts'
import { readTerminus, terminusValue } from './terminus.ts'
import type { Terminus } from './terminus.ts'

/** What a link needs of its session. */
export interface LinkHost {
  readonly output: SessionOutput
  readonly input: SessionInput
  /** Bytes that may wait in one delivery before its writer is asked to pause. */
  readonly deliveryBytes: number
  send<N extends CompositeName>(name: N, fields: Fields<N>): void
  /** The session's part of a flow frame; the window in it counts as announced. */
  sessionFlow(): Fields<'flow'>
  owe(source: FlowSource): void
  wake(link: Pumpable): void
  takeHandle(): number
  /** Both ends are detached: name and handle are free. */
  onLinkOver(link: LinkEnd): void
}

/** 2: the sender settles some deliveries before they are sent and others not. */
const MIXED = 2
/** 0: the receiver settles when it likes. */
const FIRST = 0

/** What both roles have in common: how a link comes and goes (AMQP 1.0, part 2.6). */
export abstract class LinkEnd {
  abstract readonly role: 'sender' | 'receiver'
  readonly name: string
  protected readonly host: LinkHost
  /**
   * attaching: ours is said, the peer's awaited; asked: the other way round; detaching: we have said detach and ignore
   * what is still on its way; gone: nothing more will be said or heard.
   */
  protected stage: 'new' | 'attaching' | 'asked' | 'attached' | 'detaching' | 'gone' = 'new'
  #source: Terminus | undefined
  #target: Terminus | undefined
  #handle: number | undefined
  #peerAttached = false
  /** Why we detached, where it was for a fault of the peer. */
  #fault: SkupperError | undefined

  constructor(host: LinkHost, name: string) {
    this.host = host
    this.name = name
  }

  get source(): Terminus | undefined {
    return this.#source
  }

  get target(): Terminus | undefined {
    return this.#target
  }

  /** Our handle; taken when the link first says something. */
  get handle(): number {
    this.#handle ??= this.host.takeHandle()
    return this.#handle
  }

  /** Ours is said, and the peer has not answered it yet. */
  get awaitsPeer(): boolean {
    return !this.#peerAttached
  }

  /** True once nothing may be sent on it any more. */
  protected get closed(): boolean {
    return this.stage === 'detaching' || this.stage === 'gone'
  }

  /** Opens the link from our side. */
  open(source: Terminus | undefined, target: Terminus | undefined): void {
    this.#source = source
    this.#target = target
    this.stage = 'attaching'
    this.#sendAttach()
  }

  /** The peer's attach: its answer, or its wish, which is then for the owner to answer. */
  onPeerAttach(attach: Fields<'attach'>): void {
    const source = readTerminus(attach.source)
    const target = readTerminus(attach.target)
    this.#peerAttached = true
    this.onInitialCount(attach.initialDeliveryCount ?? 0)
    if (this.closed) return
    const answered = this.stage === 'attaching'
    this.#source = source
    this.#target = target
    this.stage = answered ? 'attached' : 'asked'
    if (answered) this.onAttached()
  }

  /** @throws SkupperError `amqp/not-allowed` if there is no attach of the peer to answer. */
  protected answer(o: { source?: Terminus; target?: Terminus }): void {
    if (this.closed) return
    if (this.stage !== 'asked') throw violation('not-allowed', `the link ${this.name} is not waiting for an answer`)
    // An attach without node would be a refusal.
    this.#source = o.source ?? this.#source ?? {}
    this.#target = o.target ?? this.#target ?? {}
    this.stage = 'attached'
    this.#sendAttach()
  }

  refuse(condition: string, description?: string): void {
    if (this.stage !== 'asked') return
    this.#source = undefined
    this.#target = undefined
    this.#sendAttach()
    this.sendDetach({ condition, description })
  }

  protected sendDetach(cause: Cause | undefined): void {
    this.stage = 'detaching'
    this.host.send('detach', { handle: this.handle, closed: true, error: errorValue(cause) })
    this.onClosing()
  }

  /** Detaches for a fault of the peer. */
  protected fail(fault: SkupperError): void {
    this.#fault = fault
    this.sendDetach({ condition: conditionOf(fault), description: fault.message })
  }

  /** The peer's detach: its wish, which is granted, or its answer. */
  onPeerDetach(detach: Fields<'detach'>): void {
    const error = readError(detach.error)
    if (this.stage === 'asked') this.#sendAttach()
    if (!this.closed) {
      this.host.send('detach', { handle: this.handle, closed: detach.closed ?? false })
      this.onClosing()
    }
    this.#over(error)
  }

  /** The session or connection is gone. */
  onLost(error: SkupperError | undefined): void {
    if (this.stage === 'gone') return
    this.onClosing()
    this.#over(error)
  }

  /** A link-level flow of the peer. */
  abstract onFlow(flow: Fields<'flow'>): void
  /** The peer has answered our attach. */
  protected abstract onAttached(): void
  /** The sender's first count, from its attach. */
  protected abstract onInitialCount(count: number): void
  /** Nothing can be sent or received any more: open deliveries are lost. */
  protected abstract onClosing(): void
  /** The link is gone for good. */
  protected abstract onOver(error: SkupperError | undefined): void

  #over(error: SkupperError | undefined): void {
    this.stage = 'gone'
    this.host.onLinkOver(this)
    this.onOver(this.#fault ?? error)
  }

  #sendAttach(): void {
    const sending = this.role === 'sender'
    this.host.send('attach', {
      name: this.name,
      handle: this.handle,
      receiver: !sending,
      senderSettleMode: MIXED,
      receiverSettleMode: FIRST,
      source: terminusValue('source', this.#source),
      target: terminusValue('target', this.#target),
      initialDeliveryCount: sending ? 0 : undefined,
    })
  }
}
