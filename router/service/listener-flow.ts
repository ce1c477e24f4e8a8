import type { SkupperError } from '../../core/model/error.ts'
import { HttpObserver, type ObserverMode } from '../observe/http-observer.ts'
import type { FlowAttributes, FlowSink } from './service-context.ts'
import { failureText, type StreamCounts, type StreamMeter } from './stream-meter.ts'

const NOTHING_YET: StreamCounts = { bytesIn: 0, bytesOut: 0 }

/** Where a client's connection comes from and whose it is. */
export interface FlowOrigin {
  /** Identity of the LISTENER record. */
  readonly parent: string
  readonly sourceHost: string
  readonly sourcePort: string
  /** Which requests are looked for in its bytes. */
  readonly observer: ObserverMode
}

/**
 * The record of a client's connection (BIFLOW_TPORT; protocol sheet, section 6). It is opened when a target has
 * answered or the last one has refused, under the identity of that attempt: what the connectors of the earlier attempts
 * tell is not mistaken for it.
 */
export class ListenerFlow implements StreamMeter {
  readonly #sink: FlowSink
  readonly #origin: Omit<FlowOrigin, 'observer'>
  readonly #observer: HttpObserver
  readonly #startTime: number
  #id = ''
  #record: { end(attributes: FlowAttributes): void } | undefined
  #counts = NOTHING_YET
  #askedAt: number | undefined
  #latency: number | undefined

  /** The connection counts from now on. */
  constructor(sink: FlowSink, { observer, ...origin }: FlowOrigin) {
    this.#sink = sink
    this.#origin = origin
    this.#observer = new HttpObserver(observer, {
      now: () => sink.now(),
      openRequest: (request) => sink.openRequest({ parent: this.#id, ...request }),
    })
    this.#startTime = sink.now()
  }

  /** Opens the record under the identity that the connector was given. */
  open(id: string): void {
    this.#id = id
    const attributes = { startTime: this.#startTime, ...this.#origin }
    this.#record = this.#sink.open(id, attributes, () => this.#figures())
  }

  onStart(stream: StreamCounts): void {
    this.#counts = stream
  }

  onTaken(chunk: Buffer): void {
    this.#askedAt ??= this.#sink.now()
    this.#observer.onClientBytes(chunk)
  }

  onWritten(chunk: Buffer): void {
    this.#latency ??= this.#sink.now() - (this.#askedAt ?? this.#startTime)
    this.#observer.onServerBytes(chunk)
  }

  onOver(failure: SkupperError | undefined): void {
    this.#observer.close()
    this.#record?.end({
      ...this.#figures(),
      ...(failure === undefined ? {} : { errorListenerSide: failureText(failure) }),
    })
    this.#record = undefined
    // The record waits a while; the connection with its buffers should not.
    this.#counts = { bytesIn: this.#counts.bytesIn, bytesOut: this.#counts.bytesOut }
  }

  #figures(): FlowAttributes {
    const { bytesIn: octets, bytesOut: octetsReverse } = this.#counts
    return { octets, octetsReverse, ...(this.#latency === undefined ? {} : { latency: this.#latency }) }
  }
}
