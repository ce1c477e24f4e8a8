import { onTestFinished } from 'vitest'
import { Connection } from '../../router/amqp/connection.ts'
import type { ConnectionOptions } from '../../router/amqp/connection-options.ts'
import { dialSocket } from '../../router/amqp/dial.ts'
import type { Session } from '../../router/amqp/session.ts'
import { encodeStreamHead } from '../../router/mesh/stream-head.ts'
import { RecordedConnection } from './amqp-pair.ts'
import { RecordedOutgoing, RecordedReceiver, RecordedSender, type RecordedIncoming } from './amqp-deliveries.ts'
import { eventually } from './eventually.ts'

const PATIENCE = { deadlineMs: 30_000 }
/** On the target of a sending link it says that deliveries are to be passed on while they are open. */
const STREAMING_DELIVERIES = 'qd.streaming-deliveries'

/**
 * A client of a router that sends and receives deliveries that stay open. No TCP window holds it back: only what the
 * routers on the way make of back-pressure does.
 */
export class StreamingClient {
  readonly #session: Session

  private constructor(session: Session) {
    this.#session = session
  }

  static async connect(port: number, options: Partial<ConnectionOptions> = {}): Promise<StreamingClient> {
    const connecting = Promise.withResolvers<Connection>()
    const handler = new RecordedConnection((link) => {
      link.refuse('amqp:not-allowed', 'this client takes no links')
    })
    dialSocket({ host: '127.0.0.1', port, timeoutMs: PATIENCE.deadlineMs }, (error, socket) => {
      if (socket === undefined) connecting.reject(error ?? new Error('no socket'))
      else {
        const opening = { containerId: 'streams', sasl: { mechanisms: ['ANONYMOUS' as const] }, ...options }
        connecting.resolve(Connection.dial(socket, opening, handler))
      }
    })
    const connection = await connecting.promise
    onTestFinished(() => {
      connection.close()
    })
    await eventually(() => handler.peer !== undefined, PATIENCE)
    return new StreamingClient(connection.begin())
  }

  /** Begins a stream as soon as the router gives credit for one. Its head is on its way. */
  async open(address: string): Promise<RecordedOutgoing> {
    const outgoing = await this.send(address, encodeStreamHead({ to: address }), [STREAMING_DELIVERIES])
    return outgoing
  }

  /** Begins a delivery to `address` with these bytes. Without an address the message has to name it. */
  async send(address: string | undefined, bytes: Buffer, capabilities: string[] = []): Promise<RecordedOutgoing> {
    const target = { address, capabilities }
    const sender = this.#session.openSender({ source: {}, target }, new RecordedSender())
    await eventually(() => sender.credit > 0, PATIENCE)
    const outgoing = new RecordedOutgoing(sender.send())
    outgoing.delivery.write(bytes)
    return outgoing
  }

  /** Takes what is for `address`; `onNext` is called for each delivery before its bytes. */
  async take(
    address: string,
    onNext: (incoming: RecordedIncoming) => void = () => undefined,
  ): Promise<RecordedReceiver> {
    const receiver = new RecordedReceiver()
    receiver.onNext = onNext
    this.#session.openReceiver({ source: { address }, target: {}, credit: 100 }, receiver)
    await eventually(() => receiver.attached > 0, PATIENCE)
    return receiver
  }
}
