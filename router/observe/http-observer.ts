import { Http1Observer } from './http1-observer.ts'
import { Http2Observer, PREFACE } from './http2-observer.ts'
import type { RequestSink } from './observed-request.ts'
import type { ProtocolObserver } from './protocol-observer.ts'

/** What a listener's `observer` attribute says: `auto` looks at the client's first bytes. */
export type ObserverMode = 'auto' | 'none' | 'http1' | 'http2'

/** A server of HTTP/2 may speak first; what it says waits for the client's first bytes, up to this. */
const MAX_EARLY_BYTES = 16_384

/**
 * Watches the cleartext of one client's connection for HTTP requests (protocol sheet, section 8). It changes nothing,
 * and stops looking at the first bytes that are no HTTP.
 */
export class HttpObserver {
  readonly #mode: ObserverMode
  readonly #sink: RequestSink
  #observer: ProtocolObserver | undefined
  /** The beginning of what may become the preface of HTTP/2. */
  #begun = Buffer.alloc(0)
  #early: Buffer[] = []
  #earlyBytes = 0
  #over: boolean

  constructor(mode: ObserverMode, sink: RequestSink) {
    this.#mode = mode
    this.#sink = sink
    this.#over = mode === 'none'
  }

  onClientBytes(chunk: Buffer): void {
    if (this.#over) return
    if (this.#observer === undefined) this.#classify(chunk)
    else this.#goOn(this.#observer.onClientBytes(chunk))
  }

  onServerBytes(chunk: Buffer): void {
    if (this.#over) return
    if (this.#observer === undefined) this.#keepEarly(chunk)
    else this.#goOn(this.#observer.onServerBytes(chunk))
  }

  /** The connection is over. */
  close(): void {
    this.#over = true
    this.#early = []
    this.#observer?.close()
  }

  #classify(chunk: Buffer): void {
    this.#begun = Buffer.concat([this.#begun, chunk])
    const kind = this.#mode === 'auto' ? kindOf(this.#begun) : this.#mode
    if (kind === undefined) return
    const observer = kind === 'http2' ? new Http2Observer(this.#sink) : new Http1Observer(this.#sink)
    this.#observer = observer
    this.#goOn(observer.onClientBytes(this.#begun) && this.#early.every((early) => observer.onServerBytes(early)))
    this.#begun = Buffer.alloc(0)
    this.#early = []
  }

  #keepEarly(chunk: Buffer): void {
    this.#earlyBytes += chunk.length
    if (this.#earlyBytes > MAX_EARLY_BYTES) this.close()
    else this.#early.push(Buffer.from(chunk))
  }

  #goOn(goesOn: boolean): void {
    if (!goesOn) this.close()
  }
}

/** Undefined while it may still become the preface. */
function kindOf(begun: Buffer): 'http1' | 'http2' | undefined {
  const length = Math.min(begun.length, PREFACE.length)
  if (begun.compare(PREFACE, 0, length, 0, length) !== 0) return 'http1'
  return length === PREFACE.length ? 'http2' : undefined
}
