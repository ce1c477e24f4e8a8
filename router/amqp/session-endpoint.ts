import { randomBytes } from 'node:crypto'
import { SkupperError } from '../../core/model/error.ts'
import type { Composite, CompositeName, Fields } from './composite.ts'
import { conditionOf, violation } from './conditions.ts'
import type { Cause, Violation } from './conditions.ts'
import type { DeliveryState } from './delivery.ts'
import { errorValue, readError, stateValue } from './delivery-state.ts'
import type { Flusher, FlowSource, Pumpable } from './flusher.ts'
import type { Frame } from './frame-reader.ts'
import type { LinkEnd, LinkHost } from './link-end.ts'
import type { Receiver, ReceiverHandler } from './receiver.ts'
import { ReceiverLink } from './receiver-link.ts'
import type { Sender, SenderHandler } from './sender.ts'
import { SenderLink } from './sender-link.ts'
import type { ReceiverOptions, SenderOptions, Session } from './session.ts'
import { SessionInput } from './session-input.ts'
import { SessionOutput } from './session-output.ts'
import { Slots } from './slots.ts'
import type { TransferReader } from './transfer.ts'

/** What a session needs of its connection. */
export interface SessionHost {
  readonly flusher: Flusher
  /** The largest frames, in bytes: what the peer takes, and what we take. */
  readonly frameSize: number
  readonly ownFrameSize: number
  readonly deliveryBytes: number
  readonly maxLinks: number
  /** Counts a link in, until `onLinkOver`. False if the connection has more than it may have. */
  admitLink(): boolean
  onLinkOver(): void
  /** The peer opened a link. */
  onAttach(link: Sender | Receiver): void
  /** Both ends have ended: the channels are free. */
  onSessionOver(session: SessionEndpoint): void
}

const OUTGOING_WINDOW = 0x7fffffff
const MAX_HANDLE = 0xffffffff
const NAME_BYTES = 12
const NO_ROOM = 'the connection has no room for more links'

type Link = SenderLink | ReceiverLink

/** One end of a session: its links by name and handle, and its two windows (AMQP 1.0, part 2.5). */
export class SessionEndpoint implements Session, LinkHost, FlowSource {
  readonly channel: number
  /** The channel the peer sends on, once it has begun. */
  peerChannel: number | undefined
  readonly output: SessionOutput
  readonly input: SessionInput
  readonly #host: SessionHost
  readonly #handles = new Slots()
  readonly #byPeerHandle = new Map<number, Link>()
  /** Links that have not ended, by role and name. */
  readonly #byName = new Map<string, Link>()
  #stage: 'opening' | 'open' | 'ending' | 'over' = 'opening'
  #owing = false
  #peerHandleMax = MAX_HANDLE

  constructor(host: SessionHost, channel: number, incomingWindow: number) {
    this.#host = host
    this.channel = channel
    this.output = new SessionOutput(host.flusher, channel, host.frameSize)
    this.input = new SessionInput(this, incomingWindow, host.ownFrameSize)
  }

  get deliveryBytes(): number {
    return this.#host.deliveryBytes
  }

  /** Says begin: from ourselves, or in answer to the begin on the peer's channel. */
  begin(remoteChannel?: number): void {
    this.send('begin', {
      remoteChannel,
      nextOutgoingId: this.output.nextFrameId,
      incomingWindow: this.input.announce(),
      outgoingWindow: OUTGOING_WINDOW,
      handleMax: this.#host.maxLinks - 1,
    })
  }

  onBegin({ nextOutgoingId, incomingWindow, handleMax }: Fields<'begin'>): void {
    if (this.#stage === 'opening') this.#stage = 'open'
    this.#peerHandleMax = handleMax ?? MAX_HANDLE
    this.input.onBegin(nextOutgoingId)
    this.output.onWindow({ incomingWindow })
  }

  openSender({ name = randomName(), source, target }: SenderOptions, handler: SenderHandler): Sender {
    const link = new SenderLink(this, name)
    link.handler = handler
    this.#open(link)
    link.open(source ?? {}, target ?? {})
    return link
  }

  openReceiver({ name = randomName(), source, target, credit }: ReceiverOptions, handler: ReceiverHandler): Receiver {
    const link = new ReceiverLink(this, name)
    link.handler = handler
    this.#open(link)
    link.open(source ?? {}, target ?? {})
    link.renewCredit(credit ?? 0)
    return link
  }

  end(cause?: Cause): void {
    if (this.#stage === 'ending' || this.#stage === 'over') return
    for (const link of this.#byName.values()) if (link.role === 'sender') link.pump(Number.MAX_SAFE_INTEGER)
    this.send('end', { error: errorValue(cause) })
    this.#stage = 'ending'
    this.#loseLinks(undefined)
  }

  /** A frame of the peer other than begin and transfer. Late ones for what has ended are ignored. */
  onFrame(frame: Composite): void {
    if (frame.name === 'end') this.#onEnd(frame.fields)
    else if (this.#stage === 'open') this.#onOpenFrame(frame)
  }

  onTransfer(transfer: TransferReader, frame: Frame): void {
    if (this.#stage !== 'open') return
    if (!this.input.onFrame()) {
      this.#fail('window-violation', 'a transfer outside the session window')
      return
    }
    const link = this.#byPeerHandle.get(transfer.handle)
    if (link?.role === 'receiver') link.onTransfer(transfer, frame)
    else this.#failHandle(transfer.handle, link)
  }

  /** The connection is gone. */
  onLost(error: SkupperError | undefined): void {
    this.#stage = 'over'
    this.#loseLinks(error)
  }

  send<N extends CompositeName>(name: N, fields: Fields<N>): void {
    if (this.#stage === 'ending' || this.#stage === 'over') return
    this.#host.flusher.outbox.frame(this.channel, name, fields)
    this.#host.flusher.schedule()
  }

  sendDisposition(id: number, state: DeliveryState, settled: boolean): void {
    this.send('disposition', { receiver: true, first: id, settled, state: stateValue(state) })
  }

  sessionFlow(): Fields<'flow'> {
    return {
      nextIncomingId: this.input.nextFrameId,
      incomingWindow: this.input.announce(),
      nextOutgoingId: this.output.nextFrameId,
      outgoingWindow: OUTGOING_WINDOW,
    }
  }

  onWindowDue(): void {
    if (this.#owing || this.#stage !== 'open') return
    this.#owing = true
    this.owe(this)
  }

  writeFlow(): void {
    this.#owing = false
    this.send('flow', this.sessionFlow())
  }

  owe(source: FlowSource): void {
    this.#host.flusher.owe(source)
  }

  wake(link: Pumpable): void {
    this.#host.flusher.wake(link)
  }

  takeHandle(): number {
    return this.#handles.take()
  }

  onLinkOver(link: LinkEnd): void {
    if (!this.#byName.delete(keyOf(link.role, link.name))) return
    this.#handles.give(link.handle)
    this.#host.onLinkOver()
  }

  #open(link: Link): void {
    const key = keyOf(link.role, link.name)
    if (this.#stage === 'ending' || this.#stage === 'over') {
      throw new SkupperError('amqp/closed', 'the session is closed')
    }
    if (this.#byName.has(key)) throw violation('not-allowed', `there is a link ${link.name} already`)
    const room = this.#host.admitLink()
    if (!room || this.#handles.taken > this.#peerHandleMax) {
      this.#host.onLinkOver()
      throw violation('resource-limit-exceeded', NO_ROOM)
    }
    this.#byName.set(key, link)
  }

  #onOpenFrame(frame: Composite): void {
    if (frame.name === 'flow') this.#onFlow(frame.fields)
    else if (frame.name === 'disposition') this.#onDisposition(frame.fields)
    else if (frame.name === 'attach') this.#onAttach(frame.fields)
    else if (frame.name === 'detach') this.#onDetach(frame.fields)
    else throw violation('not-allowed', `${frame.name} is no frame of a session`)
  }

  #onDisposition(disposition: Fields<'disposition'>): void {
    if (disposition.receiver) this.output.onDisposition(disposition)
    else this.input.onDisposition(disposition)
  }

  #onAttach(attach: Fields<'attach'>): void {
    const { name, handle, receiver } = attach
    if (handle >= this.#host.maxLinks) {
      throw violation('framing-error', `handle ${String(handle)} is beyond handle-max`, handle)
    }
    if (this.#byPeerHandle.has(handle)) {
      this.#fail('handle-in-use', `handle ${String(handle)} is in use`)
      return
    }
    // The peer's receiver meets our sender.
    const role = receiver ? 'sender' : 'receiver'
    const known = this.#byName.get(keyOf(role, name))
    if (known === undefined) this.#onPeerLink(this.#newLink(role, name), attach)
    else if (known.awaitsPeer) this.#bind(known, attach)
    else this.#fail('not-allowed', `there is a link ${name} already`)
  }

  #newLink(role: 'sender' | 'receiver', name: string): Link {
    return role === 'sender' ? new SenderLink(this, name) : new ReceiverLink(this, name)
  }

  #bind(link: Link, attach: Fields<'attach'>): void {
    this.#byPeerHandle.set(attach.handle, link)
    link.onPeerAttach(attach)
  }

  #onPeerLink(link: Link, attach: Fields<'attach'>): void {
    const room = this.#host.admitLink()
    this.#byName.set(keyOf(link.role, link.name), link)
    this.#bind(link, attach)
    if (room) this.#host.onAttach(link)
    else link.refuse('amqp:resource-limit-exceeded', NO_ROOM)
  }

  #onFlow(flow: Fields<'flow'>): void {
    this.output.onWindow(flow)
    if (flow.handle === undefined) {
      if (flow.echo === true) this.onWindowDue()
      return
    }
    const link = this.#byPeerHandle.get(flow.handle)
    if (link === undefined) this.#failHandle(flow.handle, link)
    else link.onFlow(flow)
  }

  #onDetach(detach: Fields<'detach'>): void {
    const link = this.#byPeerHandle.get(detach.handle)
    if (link === undefined) {
      this.#failHandle(detach.handle, link)
      return
    }
    this.#byPeerHandle.delete(detach.handle)
    link.onPeerDetach(detach)
  }

  #onEnd({ error }: Fields<'end'>): void {
    const reason = readError(error)
    this.send('end', {})
    this.#stage = 'over'
    this.#loseLinks(reason)
    this.#host.onSessionOver(this)
  }

  #loseLinks(error: SkupperError | undefined): void {
    for (const link of [...this.#byName.values()]) link.onLost(error)
    this.#byPeerHandle.clear()
    this.output.lose()
    this.input.lose()
  }

  #failHandle(handle: number, link: Link | undefined): void {
    if (link === undefined) this.#fail('unattached-handle', `handle ${String(handle)} is not attached`)
    else this.#fail('not-allowed', `a transfer to the sender ${link.name}`)
  }

  /** Ends the session for a fault of the peer. */
  #fail(what: Violation, message: string): void {
    const error = violation(what, message)
    this.send('end', { error: errorValue({ condition: conditionOf(error), description: message }) })
    this.#stage = 'ending'
    this.#loseLinks(error)
  }
}

function keyOf(role: 'sender' | 'receiver', name: string): string {
  return `${role} ${name}`
}

/** Unique also among several connections of the same two containers. */
function randomName(): string {
  return `link.${randomBytes(NAME_BYTES).toString('base64url')}`
}
