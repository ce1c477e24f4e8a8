import type { Duplex } from 'node:stream'
import { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { Flusher } from './flusher.ts'
import { FrameReader } from './frame-reader.ts'
import type { FrameSink } from './frame-reader.ts'

/** How long a socket that is done may take to send its last bytes. */
const LINGER_MS = 1_000

export interface TransportOwner extends FrameSink {
  /** Something was thrown while input was read or output was made. */
  onFault(thrown: unknown): void
  /** The socket has ended or failed. May be called more than once. */
  onGone(cause: Error | undefined): void
}

export interface TransportOptions {
  /** Bytes waiting in the socket above which no further transfers are made. */
  readonly outboxBytes: number
  readonly maxFrameSize: number
}

/** The socket of a connection: frames come in through its reader, and go out through its flusher. */
export class Transport {
  readonly flusher: Flusher
  readonly reader: FrameReader
  readonly #socket: Duplex
  readonly #owner: TransportOwner
  #bytesIn = 0

  constructor(socket: Duplex, options: TransportOptions, owner: TransportOwner) {
    this.#socket = socket
    this.#owner = owner
    this.flusher = new Flusher(socket, options.outboxBytes, (thrown) => {
      owner.onFault(thrown)
    })
    this.reader = new FrameReader(owner, options.maxFrameSize)
    if (socket instanceof Socket) socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => {
      this.#onData(chunk)
    })
    socket.on('error', (cause: Error) => {
      owner.onGone(cause)
    })
    const onGone = () => {
      owner.onGone(undefined)
    }
    socket.on('end', onGone)
    socket.on('close', onGone)
  }

  get bytesIn(): number {
    return this.#bytesIn
  }

  /** The subject of the peer's certificate (`CN=x`, parts joined by commas), if TLS has verified it. */
  get certificateSubject(): string | undefined {
    const socket = this.#socket
    if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined
    return socket.getPeerX509Certificate()?.subject.replaceAll('\n', ',')
  }

  /** Sends what is in the outbox and ends. Nothing is read any more. */
  finish(): void {
    const socket = this.#socket
    this.reader.stop()
    this.flusher.write()
    this.flusher.stop()
    const linger = setTimeout(() => {
      socket.destroy()
    }, LINGER_MS)
    socket.on('close', () => {
      clearTimeout(linger)
    })
    socket.end()
    if (socket.closed) clearTimeout(linger)
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #onData(chunk: Buffer): void {
    this.#bytesIn += chunk.length
    try {
      this.reader.push(chunk)
    } catch (thrown) {
      this.#owner.onFault(thrown)
    }
  }
}
