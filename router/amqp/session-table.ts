import { SkupperError } from '../../core/model/error.ts'
import type { Composite, Fields } from './composite.ts'
import { violation } from './conditions.ts'
import type { ConnectionLimits } from './connection-options.ts'
import type { Flusher } from './flusher.ts'
import type { Frame } from './frame-reader.ts'
import type { Receiver } from './receiver.ts'
import type { Sender } from './sender.ts'
import { SessionEndpoint } from './session-endpoint.ts'
import type { SessionHost } from './session-endpoint.ts'
import { Slots } from './slots.ts'
import type { TransferReader } from './transfer.ts'

export interface SessionTableOptions {
  readonly flusher: Flusher
  readonly limits: ConnectionLimits
  /** The largest frames, in bytes: what the peer takes, and what we take. */
  readonly frameSize: number
  readonly ownFrameSize: number
  /** The highest channels: of the peer's open, for our sessions; of our open, for the peer's. */
  readonly channelMax: number
  readonly ownChannelMax: number
  onAttach(link: Sender | Receiver): void
}

/** The sessions of an open connection, by our channel and by the peer's. */
export class SessionTable implements SessionHost {
  readonly flusher: Flusher
  readonly frameSize: number
  readonly ownFrameSize: number
  readonly deliveryBytes: number
  readonly maxLinks: number
  readonly #options: SessionTableOptions
  readonly #channels = new Slots()
  readonly #byChannel = new Map<number, SessionEndpoint>()
  readonly #byPeerChannel = new Map<number, SessionEndpoint>()
  #links = 0

  constructor(options: SessionTableOptions) {
    this.#options = options
    this.flusher = options.flusher
    this.frameSize = options.frameSize
    this.ownFrameSize = options.ownFrameSize
    this.deliveryBytes = options.limits.deliveryBytes
    this.maxLinks = options.limits.maxLinks
  }

  /** Opens a session from our side. @throws SkupperError `amqp/too-many-sessions` */
  begin(incomingWindow: number): SessionEndpoint {
    const session = this.#newSession(incomingWindow)
    if (session === undefined) {
      throw new SkupperError('amqp/too-many-sessions', 'the connection has no room for more sessions')
    }
    session.begin()
    return session
  }

  /** A transfer on the peer's channel. @throws SkupperError `amqp/not-allowed` for a channel without session. */
  onTransfer(transfer: TransferReader, frame: Frame): void {
    this.#at(frame.channel).onTransfer(transfer, frame)
  }

  /** Any other frame of a session. @throws SkupperError of the kinds that close a connection. */
  onFrame(channel: number, frame: Composite): void {
    if (frame.name === 'begin') this.#onBegin(channel, frame.fields)
    else this.#at(channel).onFrame(frame)
  }

  /** The connection is gone. */
  lose(error: SkupperError | undefined): void {
    for (const session of this.#byChannel.values()) session.onLost(error)
    this.#byChannel.clear()
    this.#byPeerChannel.clear()
  }

  admitLink(): boolean {
    // Refused links count until the peer has detached them: one that only ever attaches is not humoured.
    if (this.#links >= 2 * this.maxLinks) throw violation('resource-limit-exceeded', 'far too many links')
    this.#links++
    return this.#links <= this.maxLinks
  }

  onLinkOver(): void {
    this.#links--
  }

  onAttach(link: Sender | Receiver): void {
    this.#options.onAttach(link)
  }

  onSessionOver(session: SessionEndpoint): void {
    this.#byChannel.delete(session.channel)
    this.#channels.give(session.channel)
    if (session.peerChannel !== undefined) this.#byPeerChannel.delete(session.peerChannel)
  }

  #onBegin(channel: number, begin: Fields<'begin'>): void {
    const { ownChannelMax } = this.#options
    if (channel > ownChannelMax) {
      throw violation('framing-error', `channel ${String(channel)}; the highest is ${String(ownChannelMax)}`, channel)
    }
    if (this.#byPeerChannel.has(channel))
      throw violation('not-allowed', `channel ${String(channel)} is in use`, channel)
    if (begin.remoteChannel === undefined) this.#onPeerBegin(channel, begin)
    else this.#bind(channel, begin, this.#byChannel.get(begin.remoteChannel))
  }

  #onPeerBegin(channel: number, begin: Fields<'begin'>): void {
    const session = this.#newSession(this.#options.limits.incomingWindow)
    if (session === undefined) throw violation('resource-limit-exceeded', 'too many sessions')
    this.#bind(channel, begin, session)
    session.begin(channel)
  }

  #bind(channel: number, begin: Fields<'begin'>, session: SessionEndpoint | undefined): void {
    if (session === undefined || session.peerChannel !== undefined) {
      throw violation('not-allowed', `a begin in answer to none on channel ${String(begin.remoteChannel)}`)
    }
    session.peerChannel = channel
    this.#byPeerChannel.set(channel, session)
    session.onBegin(begin)
  }

  #newSession(incomingWindow: number): SessionEndpoint | undefined {
    const channel = this.#channels.take()
    if (this.#channels.taken > this.#options.limits.maxSessions || channel > this.#options.channelMax) {
      this.#channels.give(channel)
      return undefined
    }
    const session = new SessionEndpoint(this, channel, incomingWindow)
    this.#byChannel.set(channel, session)
    return session
  }

  #at(channel: number): SessionEndpoint {
    const session = this.#byPeerChannel.get(channel)
    if (session === undefined)
      throw violation('not-allowed', `there is no session on channel ${String(channel)}`, channel)
    return session
  }
}
