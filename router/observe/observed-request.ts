/** Where records of observed requests go. */
export interface RequestSink {
  /** Microseconds since 1970. */
  now(): number
  /** Opens the record of a request of the observed connection. Undefined if nobody wants it, or there are too many. */
  openRequest(attributes: RequestAttributes): { end(last: AnswerAttributes): void } | undefined
}

/** What a request says of itself (BIFLOW_APP; protocol sheet, sections 6 and 8). */
export interface RequestAttributes {
  /** `HTTP/1.0`, `HTTP/1.1` or `HTTP/2`. */
  readonly protocol: string
  readonly method: string
  readonly startTime: number
  /** The client that the first proxy saw. */
  readonly sourceHost?: string
  /** Number of the HTTP/2 stream. */
  readonly streamIdentity?: number
}

export interface AnswerAttributes {
  readonly octets: number
  readonly octetsReverse: number
  /** Microseconds from the request to the first of its answer. */
  readonly latency?: number
  /** Status code. */
  readonly result?: string
  readonly reason?: string
}

/** Bytes that a client chose are not worth more than this in a record, in characters. */
const MAX_TEXT = 256

/** One request and its answer, as they pass by. Bodies are counted, nothing of them is kept. */
export class ObservedRequest {
  readonly method: string
  readonly #sink: RequestSink
  readonly #startTime: number
  readonly #record: ReturnType<RequestSink['openRequest']>
  #octets = 0
  #octetsReverse = 0
  #latency: number | undefined
  #answer: { result: string; reason?: string } | undefined

  constructor(sink: RequestSink, request: Omit<RequestAttributes, 'startTime' | 'sourceHost'>, forwardedFor?: string) {
    this.method = request.method
    this.#sink = sink
    this.#startTime = sink.now()
    const sourceHost = forwardedFor?.split(',', 1)[0]?.trim().slice(0, MAX_TEXT)
    this.#record = sink.openRequest({
      ...request,
      method: request.method.slice(0, MAX_TEXT),
      startTime: this.#startTime,
      ...(sourceHost === undefined || sourceHost === '' ? {} : { sourceHost }),
    })
  }

  onBody(bytes: number): void {
    this.#octets += bytes
  }

  /** The status of the final answer; interim ones (1xx) only tell how soon it answered. */
  onAnswer(result: string, reason?: string): void {
    this.#latency ??= this.#sink.now() - this.#startTime
    this.#answer = {
      result: result.slice(0, MAX_TEXT),
      ...(reason === undefined ? {} : { reason: reason.slice(0, MAX_TEXT) }),
    }
  }

  onAnswerBody(bytes: number): void {
    this.#octetsReverse += bytes
  }

  end(): void {
    this.#record?.end({
      octets: this.#octets,
      octetsReverse: this.#octetsReverse,
      ...(this.#latency === undefined ? {} : { latency: this.#latency }),
      ...this.#answer,
    })
  }
}
