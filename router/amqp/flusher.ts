import type { Duplex } from 'node:stream'
import { violation } from './conditions.ts'
import { Fifo } from './fifo.ts'
import { Outbox } from './outbox.ts'

/** A link with transfers to make. */
export interface Pumpable {
  /** Makes transfers for about `quantum` bytes. True if there is more that could go now. */
  pump(quantum: number): boolean
}

/** What has a flow frame to send at the next flush: however often that is asked for, one goes out. */
export interface FlowSource {
  writeFlow(): void
}

/** What one link may add before the next one has its turn. */
const QUANTUM_BYTES = 64 * 1024
/** Answers that may wait, beyond the limit, for a peer that asks and does not read. */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024

/**
 * The one writer of a connection's socket. Whatever happens in a turn of the event loop only marks what is to be sent;
 * at the end of the turn flow frames and transfers of all links are gathered and leave in one write. While the socket
 * holds more than `limit` bytes no transfers are made: the links wait in their round, and their writers with them.
 */
export class Flusher {
  readonly outbox = new Outbox()
  readonly #socket: Duplex
  readonly #limit: number
  readonly #onError: (thrown: unknown) => void
  readonly #round = new Fifo<Pumpable>()
  #flows: FlowSource[] = []
  #scheduled = false
  #stopped = false
  #bytesOut = 0

  constructor(socket: Duplex, limit: number, onError: (thrown: unknown) => void) {
    this.#socket = socket
    this.#limit = limit
    this.#onError = onError
    socket.on('drain', () => {
      this.schedule()
    })
  }

  get bytesOut(): number {
    return this.#bytesOut
  }

  /** Puts a link at the end of the round. The link sees to it that it is in it once. */
  wake(link: Pumpable): void {
    this.#round.push(link)
    this.schedule()
  }

  /** The source sees to it that it is noted once. */
  owe(source: FlowSource): void {
    this.#flows.push(source)
    this.schedule()
  }

  /** Bytes that have left the socket's own buffer. */
  get bytesTaken(): number {
    return this.#bytesOut - this.#socket.writableLength
  }

  /** Has `flush` run at the end of this turn. */
  schedule(): void {
    if (this.#scheduled || this.#stopped) return
    this.#scheduled = true
    setImmediate(runFlusher, this)
  }

  /** Writes what there is, within the bounds. */
  flush(): void {
    this.#scheduled = false
    if (this.#stopped) return
    try {
      this.#gather(this.#limit)
      this.write()
      this.#refuseIfUnread()
    } catch (thrown) {
      this.#onError(thrown)
      return
    }
    if (this.#round.length > 0 && !this.#socket.writableNeedDrain) this.schedule()
  }

  /** Writes what is in the outbox and nothing else. */
  write(): void {
    const pieces = this.outbox.take()
    if (pieces.length === 0 || this.#stopped || !this.#socket.writable) return
    if (pieces.length > 1) this.#socket.cork()
    for (const piece of pieces) {
      this.#bytesOut += piece.length
      this.#socket.write(piece)
    }
    if (pieces.length > 1) this.#socket.uncork()
  }

  stop(): void {
    this.#stopped = true
    this.#round.clear()
    this.#flows = []
  }

  /** Makes the frames of all that can go, whatever the socket holds: before an end or close. */
  gather(): void {
    this.#gather(Number.MAX_SAFE_INTEGER)
  }

  #refuseIfUnread(): void {
    if (this.#socket.writableLength <= this.#limit + MAX_ANSWER_BYTES) return
    throw violation('resource-limit-exceeded', 'the peer asks and does not read the answers')
  }

  #gather(limit: number): void {
    const flows = this.#flows
    this.#flows = []
    for (const source of flows) source.writeFlow()
    while (this.outbox.length + this.#socket.writableLength < limit) {
      const link = this.#round.shift()
      if (link === undefined) return
      if (link.pump(QUANTUM_BYTES)) this.#round.push(link)
    }
  }
}

function runFlusher(flusher: Flusher): void {
  flusher.flush()
}
