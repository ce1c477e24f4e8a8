import { FrameCutter, type FrameHead } from './http2-frames.ts'
import { CONTINUATION, HEADERS, HeaderBlocks, PUSH_PROMISE, type HeaderBlock } from './http2-headers.ts'
import { ObservedRequest, type RequestSink } from './observed-request.ts'
import type { ProtocolObserver } from './protocol-observer.ts'

/** What every client of HTTP/2 sends first (RFC 9113, section 3.4). */
export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')

/** Streams open at once beyond which the connection is no longer followed. */
const MAX_STREAMS = 1_000
const DATA = 0
const RST_STREAM = 3
const END_STREAM = 0x1
const HEADER_FRAMES = [HEADERS, PUSH_PROMISE, CONTINUATION]
const FIRST_FINAL = 200

interface Exchange {
  readonly request: ObservedRequest
  isSent: boolean
}

/** Requests of HTTP/2, one for each stream. Padding counts as body. */
export class Http2Observer implements ProtocolObserver {
  readonly #sink: RequestSink
  readonly #exchanges = new Map<number, Exchange>()
  readonly #client: FrameCutter
  readonly #server: FrameCutter
  #prefaceLeft = PREFACE.length
  #over = false

  constructor(sink: RequestSink) {
    this.#sink = sink
    this.#client = cutterOf(
      (block) => {
        this.#onRequest(block)
      },
      (head) => {
        this.#onClientFrame(head)
      },
    )
    this.#server = cutterOf(
      (block) => {
        this.#onAnswer(block)
      },
      (head) => {
        this.#onServerFrame(head)
      },
    )
  }

  onClientBytes(chunk: Buffer): boolean {
    const skipped = Math.min(this.#prefaceLeft, chunk.length)
    this.#prefaceLeft -= skipped
    return this.#push(this.#client, chunk.subarray(skipped))
  }

  onServerBytes(chunk: Buffer): boolean {
    return this.#push(this.#server, chunk)
  }

  close(): void {
    this.#over = true
    for (const { request } of this.#exchanges.values()) request.end()
    this.#exchanges.clear()
  }

  /** Header blocks that cannot be read end the observation: the tables of all that follow are lost with them. */
  #push(cutter: FrameCutter, chunk: Buffer): boolean {
    if (this.#over) return false
    try {
      cutter.push(chunk)
    } catch {
      this.close()
    }
    return !this.#over
  }

  #onRequest({ stream, endsStream, fields }: HeaderBlock): void {
    const exchange = this.#exchanges.get(stream)
    // Headers on a stream that is known are trailers.
    if (exchange === undefined) this.#begin(stream, fields)
    if (endsStream) this.#sent(stream)
  }

  #begin(stream: number, fields: ReadonlyMap<string, string>): void {
    const method = fields.get(':method') ?? ''
    const facts = { protocol: 'HTTP/2', method, streamIdentity: stream }
    const request = new ObservedRequest(this.#sink, facts, fields.get('x-forwarded-for'))
    this.#exchanges.set(stream, { request, isSent: false })
    if (this.#exchanges.size > MAX_STREAMS) this.close()
  }

  #onAnswer({ stream, endsStream, fields }: HeaderBlock): void {
    const status = fields.get(':status')
    if (status !== undefined) this.#exchanges.get(stream)?.request.onAnswer(status)
    if (endsStream && Number(status ?? FIRST_FINAL) >= FIRST_FINAL) this.#end(stream)
  }

  #onClientFrame({ type, flags, stream, length }: FrameHead): void {
    if (type === RST_STREAM) this.#end(stream)
    if (type !== DATA) return
    this.#exchanges.get(stream)?.request.onBody(length)
    if ((flags & END_STREAM) !== 0) this.#sent(stream)
  }

  #onServerFrame({ type, flags, stream, length }: FrameHead): void {
    if (type === RST_STREAM) this.#end(stream)
    if (type !== DATA) return
    this.#exchanges.get(stream)?.request.onAnswerBody(length)
    if ((flags & END_STREAM) !== 0) this.#end(stream)
  }

  #sent(stream: number): void {
    const exchange = this.#exchanges.get(stream)
    if (exchange !== undefined) exchange.isSent = true
  }

  #end(stream: number): void {
    this.#exchanges.get(stream)?.request.end()
    this.#exchanges.delete(stream)
  }
}

function cutterOf(onBlock: (block: HeaderBlock) => void, onFrame: (head: FrameHead) => void): FrameCutter {
  const blocks = new HeaderBlocks()
  return new FrameCutter({
    isWanted: ({ type }) => HEADER_FRAMES.includes(type),
    onFrame: (head, payload) => {
      if (payload === undefined) {
        onFrame(head)
        return
      }
      const block = blocks.push(head, payload)
      if (block !== undefined) onBlock(block)
    },
  })
}
