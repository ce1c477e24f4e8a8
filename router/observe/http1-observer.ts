import { HTTPParser, type HTTPParserJS } from 'http-parser-js'
import { ObservedRequest, type RequestSink } from './observed-request.ts'
import type { ProtocolObserver } from './protocol-observer.ts'

/** Requests a client may send ahead of their answers before the connection is no longer followed. */
const MAX_WAITING = 256
const SWITCHING_PROTOCOLS = 101
const FIRST_FINAL = 200
/** Tells the parser that a message has no body, whatever its headers say. */
const NO_BODY = 1

/** Requests of HTTP/1 and their answers, pipelined ones too. */
export class Http1Observer implements ProtocolObserver {
  readonly #sink: RequestSink
  readonly #client = new HTTPParser('REQUEST')
  readonly #server = new HTTPParser('RESPONSE')
  /** Requests whose answer is not complete, oldest first. */
  readonly #waiting: ObservedRequest[] = []
  #sent: ObservedRequest | undefined
  /** The answer that comes now is not the final one. */
  #isInterim = false
  #over = false

  constructor(sink: RequestSink) {
    this.#sink = sink
    this.#followClient()
    this.#followServer()
  }

  onClientBytes(chunk: Buffer): boolean {
    return this.#read(this.#client, chunk)
  }

  onServerBytes(chunk: Buffer): boolean {
    return this.#read(this.#server, chunk)
  }

  close(): void {
    this.#over = true
    // An answer may end with its connection.
    this.#server.finish()
    for (const request of this.#waiting.splice(0)) request.end()
  }

  #read(parser: HTTPParserJS, chunk: Buffer): boolean {
    if (!this.#over && parser.execute(chunk) instanceof Error) this.close()
    return !this.#over
  }

  #followClient(): void {
    this.#client[HTTPParser.kOnHeadersComplete] = ({ method, versionMajor, versionMinor, headers }) => {
      const request = new ObservedRequest(
        this.#sink,
        { protocol: `HTTP/${String(versionMajor)}.${String(versionMinor)}`, method: HTTPParser.methods[method] ?? '' },
        headerOf(headers, 'x-forwarded-for'),
      )
      this.#sent = request
      this.#waiting.push(request)
      if (this.#waiting.length > MAX_WAITING) this.close()
    }
    this.#client[HTTPParser.kOnBody] = (_chunk, _offset, length) => {
      this.#sent?.onBody(length)
    }
  }

  #followServer(): void {
    this.#server[HTTPParser.kOnHeadersComplete] = ({ statusCode, statusMessage }) => {
      const [request] = this.#waiting
      request?.onAnswer(String(statusCode), statusMessage)
      const isTunnel = request?.method === 'CONNECT' && statusCode >= FIRST_FINAL
      // From here on the bytes are another protocol's.
      if (isTunnel || statusCode === SWITCHING_PROTOCOLS) this.close()
      this.#isInterim = statusCode < FIRST_FINAL
      return request?.method === 'HEAD' || this.#isInterim ? NO_BODY : undefined
    }
    this.#server[HTTPParser.kOnBody] = (_chunk, _offset, length) => {
      this.#waiting[0]?.onAnswerBody(length)
    }
    this.#server[HTTPParser.kOnMessageComplete] = () => {
      if (!this.#isInterim) this.#waiting.shift()?.end()
    }
  }
}

/** Headers come as a flat list of names and values. */
function headerOf(headers: readonly string[], wanted: string): string | undefined {
  for (let at = 0; at + 1 < headers.length; at += 2) {
    if (headers[at]?.toLowerCase() === wanted) return headers[at + 1]
  }
  return undefined
}
