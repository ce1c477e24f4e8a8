import type { Socket } from 'node:net'
import { SkupperError } from '../../core/model/error.ts'
import type { IncomingDelivery, IncomingHandler } from '../amqp/delivery.ts'
import type { ConnectorFlow } from './connector-flow.ts'
import { refuseDelivery } from './refused-delivery.ts'
import { STREAM_CONTENT_TYPE, STREAM_PROPERTIES, type ReceivedHead, type StreamRouter } from './stream-router.ts'
import type { LiveStream, StreamSet } from './stream-set.ts'
import { targetSocket } from './target-socket.ts'
import { tlsTargetSocket, type TargetTls } from './tls-target-socket.ts'
import { alpnIn } from './alpn.ts'
import { FAILED, TcpStream } from './tcp-stream.ts'

const NOTHING = Buffer.alloc(0)

export interface TargetContext {
  readonly router: StreamRouter
  readonly streams: StreamSet
  readonly host: string
  readonly port: number
  /** The target speaks TLS. */
  readonly tls?: TargetTls | undefined
  /** How long a target may take to accept, the look-up of its name included. */
  readonly connectTimeoutMs: number
  /** The target refused a connection, or did not answer in time. */
  onRefused(): void
}

/** What came of a stream with its first bytes. */
export interface ArrivedStream {
  readonly head: ReceivedHead
  readonly first: Buffer
}

/** A client's stream that waits for our connection to the target. The answer starts only when that stands. */
export class TargetOpening implements IncomingHandler, LiveStream {
  readonly #delivery: IncomingDelivery
  readonly #context: TargetContext
  readonly #socket: Socket
  readonly #timer: NodeJS.Timeout
  /** Bytes that came before the connection stood; bounded, as the delivery is paused with the first of them. */
  #early: Buffer[] = []
  #ended = false
  #flow: ConnectorFlow | undefined
  #stream: TcpStream | undefined
  #over = false

  constructor(delivery: IncomingDelivery, { head, first }: ArrivedStream, context: TargetContext) {
    this.#delivery = delivery
    this.#context = context
    if (first.length > 0) this.onData(first)
    this.#timer = setTimeout(() => {
      this.#refused(new SkupperError('tcp/connect-timeout', `${this.#target} did not accept in time`))
    }, context.connectTimeoutMs)
    this.#socket = this.#dial(head)
    context.streams.add(this)
  }

  /**
   * Answers to `replyTo` once the target has accepted, and settles the client's stream as failed if it does not. `flow`
   * is there if telemetry wants to know of this connection.
   */
  start(replyTo: string, flow?: ConnectorFlow): void {
    this.#flow = flow
    this.#delivery.handler = this
    this.#socket
      .once(this.#context.tls === undefined ? 'connect' : 'secureConnect', () => {
        this.#connected(replyTo)
      })
      .once('error', (cause) => {
        this.#refused(new SkupperError('tcp/refused', `cannot connect to ${this.#target}: ${cause.message}`, { cause }))
      })
  }

  onData(chunk: Buffer): void {
    if (this.#early.push(chunk) === 1) this.#delivery.pause()
  }

  onEnd(): void {
    this.#ended = true
  }

  onAborted(): void {
    this.destroy(new SkupperError('tcp/client-gone', 'the client left before the target accepted'))
  }

  destroy(reason: SkupperError): void {
    if (this.#over) return
    this.#end()
    refuseDelivery(this.#delivery, FAILED)
    if (this.#early.length > 0) this.#delivery.resume()
    this.#socket.destroy()
    this.#context.streams.remove(this, reason)
    this.#flow?.onOver(reason)
  }

  #dial({ applicationProperties }: ReceivedHead): Socket {
    const { tls } = this.#context
    if (tls !== undefined) return tlsTargetSocket(this.#context, tls, alpnIn(applicationProperties))
    return targetSocket(this.#context, (bytes) => this.#stream?.take(bytes))
  }

  #refused(reason: SkupperError): void {
    if (this.#over) return
    // Before the client's router hears of it and asks again.
    this.#context.onRefused()
    this.destroy(reason)
  }

  #connected(replyTo: string): void {
    if (this.#over) return
    const outgoing = this.#context.router.open({
      to: replyTo,
      contentType: STREAM_CONTENT_TYPE,
      applicationProperties: STREAM_PROPERTIES,
    })
    if (outgoing === undefined) {
      this.destroy(new SkupperError('tcp/client-gone', 'the client left before the target accepted'))
      return
    }
    this.#end()
    this.#flow?.onConnected(this.#socket)
    const parts = { socket: this.#socket, outgoing, incoming: this.#delivery, meter: this.#flow }
    const stream = new TcpStream(parts, this.#context.streams)
    this.#context.streams.replace(this, stream)
    this.#stream = stream
    stream.start(this.#early.length === 0 ? NOTHING : Buffer.concat(this.#early))
    // A socket that is full already makes the stream resume the delivery itself.
    if (this.#early.length > 0 && !this.#socket.writableNeedDrain) this.#delivery.resume()
    if (this.#ended) stream.onEnd()
  }

  #end(): void {
    this.#over = true
    clearTimeout(this.#timer)
  }

  get #target(): string {
    return `${this.#context.host}:${String(this.#context.port)}`
  }
}
