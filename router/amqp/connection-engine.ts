import type { Duplex } from 'node:stream'
import { messageOf, SkupperError } from '../../core/model/error.ts'
import { asComposite } from './composite.ts'
import type { Composite, Fields } from './composite.ts'
import { conditionOf, violation } from './conditions.ts'
import type { Cause } from './conditions.ts'
import { openFields, readPeer, withDefaults } from './connection-options.ts'
import type { ConnectionHandler, ConnectionLimits, ConnectionOptions, Open, Peer } from './connection-options.ts'
import { Decoder } from './decode.ts'
import { errorValue, readError } from './delivery-state.ts'
import { AMQP_FRAME, SASL_FRAME } from './frame-reader.ts'
import type { Frame } from './frame-reader.ts'
import { DiallerHandshake, ListenerHandshake } from './handshake.ts'
import type { Handshake, HandshakeHost } from './handshake.ts'
import { Heartbeat } from './heartbeat.ts'
import type { Outbox } from './outbox.ts'
import type { Session } from './session.ts'
import { SessionTable } from './session-table.ts'
import { TRANSFER, TransferReader } from './transfer.ts'
import { Transport } from './transport.ts'
import type { TransportOwner } from './transport.ts'
import { Described } from './value.ts'

/** AMQP 1.0, part 5.3.1: no SASL frame is larger. */
const SASL_FRAME_BYTES = 512

export type Role = 'dialler' | 'listener'

/** How a connection goes from its first byte to its last. `Connection` is what its owner sees of it. */
export class ConnectionEngine implements TransportOwner, HandshakeHost {
  readonly #role: Role
  readonly #open: Open
  readonly #limits: ConnectionLimits
  readonly #handler: ConnectionHandler
  readonly #transport: Transport
  readonly #handshake: Handshake
  readonly #transfer = new TransferReader()
  /** opening: AMQP is spoken, and the peer's open awaited; closing: we have said close, and await the peer's. */
  #stage: 'handshake' | 'opening' | 'open' | 'closing' | 'closed' = 'handshake'
  #deadline: NodeJS.Timeout | undefined
  #heartbeat: Heartbeat | undefined
  #user: string | undefined
  #peer: Peer | undefined
  #sessions: SessionTable | undefined

  constructor(
    role: Role,
    socket: Duplex,
    { options, handler }: { options: ConnectionOptions; handler: ConnectionHandler },
  ) {
    this.#role = role
    this.#open = openFields(options)
    this.#limits = withDefaults(options.limits)
    this.#handler = handler
    const { outboxBytes, handshakeMs } = this.#limits
    this.#transport = new Transport(socket, { outboxBytes, maxFrameSize: SASL_FRAME_BYTES }, this)
    this.#handshake =
      role === 'dialler' ? new DiallerHandshake(this, options.sasl) : new ListenerHandshake(this, options.sasl)
    this.#finishAfter(handshakeMs, new SkupperError('amqp/timeout', 'the peer did not open the connection in time'))
    this.#handshake.start()
    this.#transport.flusher.schedule()
  }

  get peer(): Peer | undefined {
    return this.#peer
  }

  get stats(): { bytesIn: number; bytesOut: number } {
    return { bytesIn: this.#transport.bytesIn, bytesOut: this.#transport.flusher.bytesOut }
  }

  get outbox(): Outbox {
    return this.#transport.flusher.outbox
  }

  get certificateSubject(): string | undefined {
    return this.#transport.certificateSubject
  }

  begin(incomingWindow = this.#limits.incomingWindow): Session {
    if (this.#stage !== 'open' || this.#sessions === undefined) {
      throw new SkupperError('amqp/not-open', 'the connection is not open')
    }
    return this.#sessions.begin(incomingWindow)
  }

  close(cause: Cause | undefined): void {
    if (this.#stage === 'closing' || this.#stage === 'closed') return
    if (this.#stage !== 'open') {
      this.#finish(undefined)
      return
    }
    this.#transport.flusher.gather()
    this.#sendClose(cause)
    this.#stage = 'closing'
    this.#finishAfter(this.#limits.closeMs, undefined)
  }

  destroy(reason: SkupperError): void {
    this.#finish(reason)
    this.#transport.destroy()
  }

  onHeader(bytes: Buffer): void {
    this.#handshake.onHeader(bytes)
    this.#transport.flusher.schedule()
  }

  onFrame(frame: Frame): void {
    if (this.#stage === 'handshake') {
      this.#onSaslFrame(frame)
      return
    }
    if (frame.type !== AMQP_FRAME) throw violation('framing-error', `a frame of type ${String(frame.type)}`)
    if (frame.at < frame.end) this.#onAmqpFrame(frame)
  }

  onFault(thrown: unknown): void {
    if (this.#stage === 'closed') return
    const error =
      thrown instanceof SkupperError
        ? thrown
        : new SkupperError('amqp/internal-error', messageOf(thrown), { cause: thrown })
    if (this.#stage === 'open' || this.#stage === 'opening') this.#sayFault(error)
    this.#finish(error)
  }

  onGone(cause: Error | undefined): void {
    const message = `the connection was lost: ${cause?.message ?? 'it ended'}`
    const lost = new SkupperError('amqp/connection-lost', message, { cause })
    this.#finish(this.#stage === 'closing' ? undefined : lost)
  }

  expect(next: 'header' | 'frame'): void {
    this.#transport.reader.expects = next
  }

  onHandshake(user: string | undefined): void {
    this.#user = user
    this.#stage = 'opening'
    this.#transport.reader.maxFrameSize = this.#open.maxFrameSize
    if (this.#role === 'dialler') this.outbox.frame(0, 'open', this.#open)
  }

  #onSaslFrame(frame: Frame): void {
    if (frame.type !== SASL_FRAME) throw violation('framing-error', `a frame of type ${String(frame.type)} in SASL`)
    this.#handshake.onFrame(new Decoder(frame.bytes, frame.at, frame.end).value())
    this.#transport.flusher.schedule()
  }

  #onAmqpFrame(frame: Frame): void {
    const { channel } = frame
    const code = descriptorOf(frame)
    if (code === TRANSFER) {
      if (this.#stage !== 'open') return
      this.#transfer.read(frame)
      this.#sessions?.onTransfer(this.#transfer, frame)
      return
    }
    const body = asComposite(new Described(code, new Decoder(frame.bytes, frame.at, frame.end).value()))
    if (body === undefined) throw violation('not-implemented', `a frame with the descriptor ${String(code)}`, code)
    if (body.name === 'open') this.#onOpen(body.fields)
    else if (body.name === 'close') this.#onClose(body.fields)
    else this.#onSessionFrame(channel, body)
  }

  #onSessionFrame(channel: number, body: Composite): void {
    if (this.#stage === 'opening') throw violation('not-allowed', `${body.name} before open`)
    if (this.#stage === 'open') this.#sessions?.onFrame(channel, body)
  }

  #onOpen(open: Fields<'open'>): void {
    if (this.#stage !== 'opening') throw violation('not-allowed', 'a second open')
    const peer = readPeer(open, this.#user)
    if (this.#role === 'listener') this.outbox.frame(0, 'open', this.#open)
    clearTimeout(this.#deadline)
    this.#stage = 'open'
    this.#peer = peer
    const { flusher } = this.#transport
    this.#sessions = new SessionTable({
      flusher,
      limits: this.#limits,
      frameSize: Math.min(this.#open.maxFrameSize, peer.maxFrameSize),
      ownFrameSize: this.#open.maxFrameSize,
      channelMax: peer.channelMax,
      ownChannelMax: this.#open.channelMax,
      onAttach: (link) => {
        this.#handler.onAttach(link)
      },
    })
    this.#heartbeat = this.#startHeartbeat(peer)
    flusher.schedule()
    this.#handler.onOpen(peer)
  }

  #startHeartbeat(peer: Peer): Heartbeat {
    const { flusher } = this.#transport
    return new Heartbeat({
      peerTimeoutMs: peer.idleTimeoutMs,
      ownTimeoutMs: this.#open.idleTimeout ?? 0,
      bytesOut: () => flusher.bytesOut,
      bytesIn: () => this.#transport.bytesIn,
      bytesTaken: () => flusher.bytesTaken,
      beat: () => {
        flusher.outbox.emptyFrame()
        flusher.schedule()
      },
      expire: (what) => {
        this.onFault(violation('resource-limit-exceeded', `${what} within the idle time-out`))
      },
    })
  }

  #onClose({ error }: Fields<'close'>): void {
    if (this.#stage !== 'closing') {
      if (this.#stage === 'opening') throw violation('not-allowed', 'close before open')
      this.#sendClose(undefined)
    }
    this.#finish(readError(error))
  }

  /** The last frame: nothing may follow it. */
  #sendClose(cause: Cause | undefined): void {
    const { flusher } = this.#transport
    flusher.outbox.frame(0, 'close', { error: errorValue(cause) })
    flusher.write()
    flusher.stop()
  }

  /** Tells the peer what it did wrong; who has not opened yet must do so to say it. */
  #sayFault(error: SkupperError): void {
    if (this.#stage === 'opening' && this.#role === 'listener') this.outbox.frame(0, 'open', this.#open)
    this.#sendClose({ condition: conditionOf(error), description: error.message })
  }

  #finishAfter(ms: number, reason: SkupperError | undefined): void {
    clearTimeout(this.#deadline)
    this.#deadline = setTimeout(() => {
      this.#finish(reason)
    }, ms)
  }

  #finish(reason: SkupperError | undefined): void {
    if (this.#stage === 'closed') return
    this.#stage = 'closed'
    clearTimeout(this.#deadline)
    this.#heartbeat?.stop()
    this.#transport.finish()
    this.#sessions?.lose(reason)
    this.#handler.onClosed(reason)
  }
}

/** The number of a frame's descriptor; moves `frame.at` past it. */
function descriptorOf(frame: Frame): number {
  const { bytes, at, end } = frame
  if (end - at > 2 && bytes[at] === 0x00 && bytes[at + 1] === 0x53) {
    frame.at = at + 3
    return bytes.readUInt8(at + 2)
  }
  if (bytes[at] !== 0x00) throw violation('decode-error', "a frame's body is not described")
  const decoder = new Decoder(bytes, at + 1, end)
  const descriptor = decoder.value()
  if (typeof descriptor !== 'number')
    throw violation('not-implemented', "a frame's descriptor is no number", descriptor)
  frame.at = decoder.at
  return descriptor
}
