import { SkupperError } from '../../core/model/error.ts'
import type {
  DeliveryState,
  IncomingDelivery,
  IncomingHandler,
  OutgoingDelivery,
  OutgoingHandler,
} from '../amqp/delivery.ts'
import type { StreamCounts, StreamMeter } from './stream-meter.ts'
import { resetSocket, type StreamSocket } from './reset-socket.ts'
import type { LiveStream, StreamSet } from './stream-set.ts'
import { ReceiveWindow, SendWindow } from './stream-window.ts'

const ACCEPTED: DeliveryState = { kind: 'accepted' }
/** Tells the sender that its bytes did not all arrive, and that another target may do better. */
export const FAILED: DeliveryState = { kind: 'modified', deliveryFailed: true, undeliverableHere: false }

/** The three parts of a connection, all of them ready. The socket's reading is still paused. */
export interface StreamParts {
  readonly socket: StreamSocket
  readonly outgoing: OutgoingDelivery
  readonly incoming: IncomingDelivery
  readonly meter?: StreamMeter | undefined
}

/** `ended`: the last byte went on, its arrival is not confirmed. `over`: nothing more comes of it, well or badly. */
type Direction = 'open' | 'ended' | 'over'

/** How long a far end that has failed may take to end its own direction. */
const FAREWELL_MS = 10_000

// Reasons not to read the socket; it is read while none holds.
const OUTGOING_FULL = 1
const WINDOW_CLOSED = 2

/**
 * Carries one TCP connection over two deliveries (protocol sheet, section 4), alike on both sides. The directions end
 * independently: FIN ↔ end of delivery. A reset ↔ an aborted delivery: peers that know no abort in the middle of a
 * stream see a lost path, which closes their side too.
 */
export class TcpStream implements OutgoingHandler, IncomingHandler, LiveStream, StreamCounts {
  readonly #socket: StreamSocket
  readonly #outgoing: OutgoingDelivery
  readonly #incoming: IncomingDelivery
  readonly #owner: StreamSet
  readonly #meter: StreamMeter | undefined
  readonly #sendWindow = new SendWindow()
  readonly #receiveWindow = new ReceiveWindow()
  #sending: Direction = 'open'
  #receiving: Direction = 'open'
  #halted = 0
  #written = 0
  #incomingPaused = false
  #socketClosed = false
  #failure: SkupperError | undefined
  #farewell: NodeJS.Timeout | undefined

  constructor(parts: StreamParts, owner: StreamSet) {
    this.#socket = parts.socket
    this.#outgoing = parts.outgoing
    this.#incoming = parts.incoming
    this.#owner = owner
    this.#meter = parts.meter
    parts.outgoing.handler = this
    parts.incoming.handler = this
    parts.socket
      .on('data', (chunk: Buffer) => {
        this.take(chunk)
      })
      .on('end', () => {
        this.#finishSending()
      })
      .on('drain', () => {
        this.#acknowledge()
        this.#resumeIncoming()
      })
      .on('error', (cause) => {
        this.#fail(new SkupperError('tcp/reset', `the connection broke: ${cause.message}`, { cause }))
      })
      .on('close', () => {
        this.#onSocketClosed()
      })
  }

  get bytesIn(): number {
    return this.#sendWindow.sent
  }

  get bytesOut(): number {
    return this.#written
  }

  /** Writes what has come so far and starts to read the socket. */
  start(first: Buffer): void {
    this.#meter?.onStart(this)
    if (first.length > 0) this.onData(first)
    this.#socket.resume()
  }

  destroy(reason: SkupperError): void {
    this.#fail(reason)
    this.#sending = 'over'
    this.#checkOver()
  }

  // Socket → network

  /** Bytes of the socket, for sockets that do not emit them as 'data'. They must not change afterwards. */
  take(chunk: Buffer): void {
    if (this.#sending !== 'open') return
    this.#owner.bytesIn += chunk.length
    this.#meter?.onTaken(chunk)
    const room = this.#sendWindow.take(chunk.length)
    if (!this.#outgoing.write(chunk)) this.#halt(OUTGOING_FULL)
    if (!room) this.#halt(WINDOW_CLOSED)
  }

  #halt(reason: number): void {
    if (this.#halted === 0) this.#socket.pause()
    this.#halted |= reason
  }

  #release(reason: number): void {
    if ((this.#halted & reason) === 0) return
    this.#halted &= ~reason
    if (this.#halted === 0) this.#socket.resume()
  }

  #finishSending(): void {
    if (this.#sending !== 'open') return
    this.#sending = 'ended'
    this.#outgoing.end()
  }

  onDrain(): void {
    this.#release(OUTGOING_FULL)
  }

  onState(state: DeliveryState | undefined, settled: boolean): void {
    if (this.#sending === 'over') return
    if (state?.kind === 'received' && !settled) {
      if (this.#sendWindow.acknowledge(state.offset)) this.#release(WINDOW_CLOSED)
    } else {
      this.#onOutcome(state?.kind ?? 'accepted')
    }
  }

  #onOutcome(outcome: DeliveryState['kind']): void {
    const unfinished = this.#sending === 'open'
    this.#sending = 'over'
    // An outcome before our end means that the far end takes no more: finished at once, the link is free again.
    if (unfinished) this.#outgoing.end(true)
    if (unfinished || outcome !== 'accepted') this.#farEndFailed(outcome)
    this.#checkOver()
  }

  onLost(): void {
    this.#sending = 'over'
    this.#fail(new SkupperError('tcp/path-lost', 'the path to the other side was lost'))
  }

  /** What it has sent before goes out first: its last bytes (an early answer, say) may be behind this news. */
  #farEndFailed(outcome: string): void {
    const reason = new SkupperError('tcp/far-end-failed', `the other side broke the connection: ${outcome}`)
    this.#failure ??= reason
    if (this.#receiving === 'over') this.#socket.destroy()
    else if (this.#receiving === 'open') this.#awaitFarewell(reason)
  }

  #awaitFarewell(reason: SkupperError): void {
    this.#farewell = setTimeout(() => {
      this.#fail(reason)
    }, FAREWELL_MS)
  }

  // Network → socket

  onData(chunk: Buffer): void {
    if (this.#receiving !== 'open') return
    this.#written += chunk.length
    this.#owner.bytesOut += chunk.length
    this.#meter?.onWritten(chunk)
    if (!this.#socket.write(chunk) && !this.#incomingPaused) {
      this.#incomingPaused = true
      this.#incoming.pause()
    }
    this.#acknowledge()
  }

  onEnd(): void {
    if (this.#receiving !== 'open') return
    this.#receiving = 'ended'
    this.#socket.once('finish', () => {
      this.#flushed()
    })
    this.#socket.end()
  }

  #flushed(): void {
    if (this.#receiving !== 'ended') return
    this.#receiving = 'over'
    this.#settle(ACCEPTED)
    if (this.#failure !== undefined) this.#socket.destroy()
  }

  onAborted(): void {
    this.#receiving = 'over'
    this.#fail(new SkupperError('tcp/far-end-failed', 'the other side broke the connection: aborted'))
  }

  #resumeIncoming(): void {
    if (!this.#incomingPaused) return
    this.#incomingPaused = false
    this.#incoming.resume()
  }

  #acknowledge(): void {
    if (this.#receiving !== 'open' || this.#incoming.settled) return
    const offset = this.#written - this.#socket.writableLength
    if (this.#receiveWindow.due(offset)) this.#incoming.update({ kind: 'received', offset }, false)
  }

  // The end

  #settle(state: DeliveryState): void {
    if (!this.#incoming.settled) this.#incoming.update(state, true)
  }

  #fail(reason: SkupperError): void {
    this.#failure ??= reason
    const receiving = this.#receiving
    this.#receiving = 'over'
    if (this.#sending === 'open') {
      this.#sending = 'over'
      this.#outgoing.abort()
    }
    if (receiving !== 'over') this.#settle(FAILED)
    // What a paused delivery still holds must not keep its link's window.
    this.#resumeIncoming()
    if (!this.#socket.destroyed) resetSocket(this.#socket)
    this.#checkOver()
  }

  #onSocketClosed(): void {
    this.#socketClosed = true
    if (this.#sending === 'open' || this.#receiving !== 'over') {
      this.#fail(new SkupperError('tcp/closed', 'the connection closed before its end'))
    }
    this.#checkOver()
  }

  #checkOver(): void {
    if (this.#socketClosed && this.#sending === 'over' && this.#receiving === 'over') {
      clearTimeout(this.#farewell)
      this.#owner.remove(this, this.#failure)
      this.#meter?.onOver(this.#failure)
    }
  }
}
