import { SkupperError } from '../../core/model/error.ts'
import type { DeliveryState, IncomingDelivery, OutgoingDelivery, OutgoingHandler } from '../amqp/delivery.ts'
import type { Place } from '../mesh/forward/choice.ts'
import { streamProperties } from './alpn.ts'
import type { ListenerFlow } from './listener-flow.ts'
import { refuseDelivery } from './refused-delivery.ts'
import { resetSocket, type StreamSocket } from './reset-socket.ts'
import { shareReads } from './shared-reads.ts'
import { STREAM_CONTENT_TYPE, type ReceivedHead, type StreamRouter } from './stream-router.ts'
import type { LiveStream, StreamSet } from './stream-set.ts'
import { TcpStream } from './tcp-stream.ts'

/** Targets that are tried before the client is refused. */
const MAX_ATTEMPTS = 3
/** Times that the network may give a client back because it has no way for it just now, as while routes change. */
const MAX_RELEASES = 5
/** Pause before the third way is tried, twice as long before each further one. */
const FIRST_PAUSE_MS = 100

export interface OpeningContext {
  readonly router: StreamRouter
  readonly streams: StreamSet
  readonly address: string
  /** What the client has agreed on in its TLS handshake, if anything. */
  readonly alpn?: string | undefined
  /** A new identity for a flow record. */
  nextId(): string
  /** Uniform in [0, 1), for the jitter of pauses. */
  random(): number
  /** How long a client waits for its target, over all attempts. */
  readonly connectTimeoutMs: number
}

/**
 * A client that was accepted and waits for a target. Nothing is read from it until the target's stream has come
 * (protocol sheet, section 4.4), so a target that refuses eats no byte, and another can be tried.
 */
export class ClientOpening implements OutgoingHandler, LiveStream {
  readonly #socket: StreamSocket
  readonly #context: OpeningContext
  readonly #flow: ListenerFlow | undefined
  readonly #timer: NodeJS.Timeout
  /** Where the attempts so far went: the next one goes elsewhere if it can. */
  readonly #tried: Place[] = []
  #refusals = 0
  #releases = 0
  #pause: NodeJS.Timeout | undefined
  #correlationId = ''
  #outgoing: OutgoingDelivery | undefined
  #reply: { close(): void } | undefined
  #over = false

  /** `flow` is there if telemetry wants to know of this connection. */
  constructor(socket: StreamSocket, flow: ListenerFlow | undefined, context: OpeningContext) {
    this.#socket = socket
    this.#context = context
    this.#flow = flow
    this.#timer = setTimeout(() => {
      this.destroy(new SkupperError('tcp/connect-timeout', `no target of ${context.address} answered in time`))
    }, context.connectTimeoutMs)
    socket.on('error', this.#onGone).on('close', this.#onGone)
    context.streams.add(this)
  }

  /** Sends the head of the client's stream; called again to try a further target. */
  attempt(): void {
    const { router, address } = this.#context
    this.#correlationId = this.#context.nextId()
    const replyTo = router.replyAddress()
    this.#reply = router.subscribe(replyTo, (delivery, head, first) => {
      this.#answered(delivery, head, first)
    })
    const head = {
      to: address,
      replyTo,
      correlationId: this.#correlationId,
      contentType: STREAM_CONTENT_TYPE,
      applicationProperties: streamProperties(this.#context.alpn),
    }
    this.#outgoing = router.open(head, this.#tried)
    if (this.#outgoing === undefined) {
      this.destroy(new SkupperError('tcp/no-target', `${address} has no target`, { given: address }))
      return
    }
    this.#outgoing.handler = this
  }

  onDrain(): void {
    // Nothing is written before the answer.
  }

  onState(state: DeliveryState | undefined): void {
    if (this.#over || state?.kind === 'received') return
    const { address } = this.#context
    const kind = state?.kind ?? 'settled'
    const reason = new SkupperError('tcp/refused', `the target of ${address} refused the connection: ${kind}`)
    if (kind === 'released') this.#released(reason)
    else this.#refused(reason)
  }

  onLost(): void {
    if (this.#over) return
    this.#outgoing = undefined
    this.#refused(new SkupperError('tcp/path-lost', `the path to ${this.#context.address} was lost`))
  }

  /** Closes the client with a reset, so that it sees an error and not an empty answer. */
  destroy(reason: SkupperError): void {
    if (this.#over) return
    this.#end()
    this.#outgoing?.abort()
    if (!this.#socket.destroyed) resetSocket(this.#socket)
    this.#context.streams.remove(this, reason)
    this.#flow?.open(this.#correlationId)
    this.#flow?.onOver(reason)
  }

  #refused(reason: SkupperError): void {
    this.#refusals += 1
    if (this.#refusals < MAX_ATTEMPTS) this.#again()
    else this.destroy(reason)
  }

  /** Another way may be open at once; after that the network needs time. */
  #released(reason: SkupperError): void {
    this.#releases += 1
    if (this.#releases === 1) this.#again()
    else if (this.#releases > MAX_RELEASES) this.destroy(reason)
    else {
      const pauseMs = FIRST_PAUSE_MS * 2 ** (this.#releases - 2) * (0.5 + this.#context.random())
      this.#takeBack()
      this.#pause = setTimeout(() => {
        this.attempt()
      }, pauseMs)
    }
  }

  #again(): void {
    this.#takeBack()
    this.attempt()
  }

  #takeBack(): void {
    this.#reply?.close()
    this.#outgoing?.end(true)
    this.#outgoing = undefined
  }

  #answered(delivery: IncomingDelivery, head: ReceivedHead, first: Buffer): void {
    const outgoing = this.#outgoing
    if (this.#over || outgoing === undefined) {
      refuseDelivery(delivery, { kind: 'released' })
      return
    }
    if (head.contentType !== STREAM_CONTENT_TYPE) {
      refuseDelivery(delivery, { kind: 'rejected', condition: 'amqp:invalid-field', description: 'wrong content-type' })
      this.destroy(new SkupperError('tcp/not-a-stream', 'the answer is no TCP stream', { given: head.contentType }))
      return
    }
    this.#end()
    this.#flow?.open(this.#correlationId)
    this.#socket.off('error', this.#onGone).off('close', this.#onGone)
    const parts = { socket: this.#socket, outgoing, incoming: delivery, meter: this.#flow }
    const stream = new TcpStream(parts, this.#context.streams)
    this.#context.streams.replace(this, stream)
    shareReads(this.#socket, (bytes) => {
      stream.take(bytes)
    })
    stream.start(first)
  }

  readonly #onGone = (): void => {
    this.destroy(new SkupperError('tcp/client-gone', 'the client left before a target answered'))
  }

  #end(): void {
    this.#over = true
    clearTimeout(this.#timer)
    clearTimeout(this.#pause)
    this.#reply?.close()
  }
}
