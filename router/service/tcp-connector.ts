import { SkupperError } from '../../core/model/error.ts'
import type { IncomingDelivery } from '../amqp/delivery.ts'
import { ConnectorFlow } from './connector-flow.ts'
import { refuseDelivery } from './refused-delivery.ts'
import type { FlowSink, ServiceContext, ServiceRecord } from './service-context.ts'
import { STREAM_CONTENT_TYPE, type ReceivedHead, type StreamSubscription } from './stream-router.ts'
import type { SocketBudget } from './socket-budget.ts'
import { StreamSet, type Traffic } from './stream-set.ts'
import { TargetOpening, type TargetContext } from './target-opening.ts'
import { FAILED } from './tcp-stream.ts'
import type { TargetTls } from './tls-target-socket.ts'
import type { TlsMaterial } from '../tls/tls-files.ts'

const DEFAULT_CONNECT_TIMEOUT_MS = 10_000
/** For so long a target that has refused is only asked where there is no other. */
const REST_MS = 2_000

export interface TcpConnectorOptions {
  readonly name: string
  /** The routing key that clients use. */
  readonly address: string
  readonly host: string
  readonly port: number
  /** The target speaks TLS. */
  readonly tls?: TargetTls | undefined
  readonly connectTimeoutMs?: number | undefined
}

/** Carries the connections of an address to one target (protocol sheet, section 4). */
export class TcpConnector {
  #target: TargetContext
  readonly #flows: FlowSink
  readonly #record: ServiceRecord
  readonly #subscription: StreamSubscription
  readonly #sockets: SocketBudget
  readonly #streams: StreamSet
  #resting: NodeJS.Timeout | undefined
  #closed = false

  constructor(options: TcpConnectorOptions, context: ServiceContext) {
    this.#sockets = context.sockets
    this.#streams = new StreamSet(context.sockets)
    this.#target = {
      router: context.router,
      streams: this.#streams,
      host: options.host,
      port: options.port,
      tls: options.tls,
      connectTimeoutMs: options.connectTimeoutMs ?? DEFAULT_CONNECT_TIMEOUT_MS,
      onRefused: () => {
        this.#rest()
      },
    }
    this.#flows = context.flows
    const attributes = {
      name: options.name,
      protocol: 'tcp',
      destHost: options.host,
      destPort: String(options.port),
      vanAddress: options.address,
    }
    const counts = () => ({ flowCountL4: this.#streams.connectionsOpened })
    this.#record = context.records.open('CONNECTOR', attributes, counts)
    this.#subscription = context.router.subscribe(options.address, (delivery, head, first) => {
      this.#take(delivery, head, first)
    })
  }

  /** Why a connection failed last. */
  get lastError(): SkupperError | undefined {
    return this.#streams.lastError
  }

  get traffic(): Traffic {
    return this.#streams
  }

  /** With TLS: connections to come use these certificates. */
  setTls(material: TlsMaterial): void {
    const { tls } = this.#target
    if (tls !== undefined) this.#target = { ...this.#target, tls: { ...tls, material } }
  }

  /** Withdraws the target. Connections it carries live on to their own end. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    clearTimeout(this.#resting)
    this.#subscription.close()
    this.#record.end()
  }

  /** Withdraws the target, waits until every connection has ended, and resets those left after `deadlineMs`. */
  async drain(deadlineMs: number): Promise<void> {
    this.close()
    if (await this.#streams.idle(deadlineMs)) return
    this.destroy(new SkupperError('tcp/drained', 'the router is shutting down'))
  }

  /** Withdraws the target and resets all connections. */
  destroy(reason: SkupperError): void {
    this.close()
    this.#streams.destroy(reason)
  }

  #take(delivery: IncomingDelivery, head: ReceivedHead, first: Buffer): void {
    if (head.contentType !== STREAM_CONTENT_TYPE) {
      // Another target may speak what this one does not.
      refuseDelivery(delivery, { kind: 'released' })
    } else if (head.replyTo === undefined) {
      const description = 'a stream needs a reply-to'
      refuseDelivery(delivery, { kind: 'rejected', condition: 'amqp:invalid-field', description })
    } else if (this.#sockets.spent) {
      this.#streams.lastError = new SkupperError('tcp/too-many', 'the router has no descriptor left for a target')
      this.#rest()
      refuseDelivery(delivery, FAILED)
    } else {
      new TargetOpening(delivery, { head, first }, this.#target).start(head.replyTo, this.#flowOf(head))
    }
  }

  #flowOf({ correlationId, annotations }: ReceivedHead): ConnectorFlow | undefined {
    const record = this.#flows.coRecord(correlationId)
    return record && new ConnectorFlow(record, { connector: this.#record.id, trace: annotations?.trace ?? [] })
  }

  #rest(): void {
    if (this.#closed) return
    clearTimeout(this.#resting)
    this.#subscription.rest(true)
    this.#resting = setTimeout(() => {
      this.#subscription.rest(false)
    }, REST_MS)
  }
}
