import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import { SkupperError } from '../../core/model/error.ts'
import { ClientSender } from './client-sender.ts'
import { Connection } from './connection.ts'
import type { ConnectionOptions } from './connection.ts'
import { dialSocket } from './dial.ts'
import type { DialTls } from './dial.ts'
import { encodeMessage } from './message.ts'
import type { DecodedMessage, Message } from './message.ts'
import { receiveMessage } from './message-receiver.ts'
import { Pending } from './pending.ts'
import type { Receiver } from './receiver.ts'
import type { Session } from './session.ts'
import type { Terminus } from './terminus.ts'

export interface ClientOptions {
  host: string
  port: number
  /** With it the client authenticates with its certificate (EXTERNAL), else as nobody (ANONYMOUS). */
  tls?: DialTls | undefined
  containerId: string
  /** For connecting, and for each call that names no other. In ms. */
  deadlineMs: number
}

export interface SubscribeOptions {
  /** Messages that may be on their way to us; renewed by the engine. */
  credit?: number
  /** The subscription ended otherwise than by its `close`. */
  onDetached?: (error?: SkupperError) => void
  deadlineMs?: number
}

export interface SendMessageOptions {
  deadlineMs?: number
  /** Pre-settled: resolves as soon as there was credit for it. */
  settled?: boolean
}

export interface Subscription {
  /** What the peer calls its end: of a dynamic source, the address it made. */
  readonly address: string | undefined
  close(): void
}

const DEFAULT_CREDIT = 250
/** Links to single addresses that are kept, where the peer has no anonymous one. */
const MAX_SENDERS = 32
const CORRELATION_BYTES = 12
const IDLE_TIMEOUT_MS = 8_000
const ANONYMOUS_RELAY = 'ANONYMOUS-RELAY'

/** A small client for whole messages, one connection: management, service sync, telemetry. It does not reconnect. */
export class AmqpClient {
  readonly #deadlineMs: number
  readonly #connection: Connection
  readonly #senders = new Map<string, ClientSender>()
  readonly #requests = new Map<unknown, Pending<DecodedMessage>>()
  readonly #closed = Promise.withResolvers<SkupperError | undefined>()
  #session: Session | undefined
  #replies: Promise<Subscription> | undefined

  /** @throws SkupperError of `dialSocket`, `amqp/timeout`, or the reason of the close. */
  static async connect(options: ClientOptions): Promise<AmqpClient> {
    const opened = new Pending<void>(options.deadlineMs, 'the peer did not open the connection')
    const socket = await dialled(options)
    const client = new AmqpClient(socket, options, opened)
    try {
      await opened.promise
    } catch (error) {
      socket.destroy()
      throw error
    }
    return client
  }

  private constructor(socket: Socket, options: ClientOptions, opened: Pending<void>) {
    this.#deadlineMs = options.deadlineMs
    const { containerId, host } = options
    const mechanism = options.tls?.cert === undefined ? 'ANONYMOUS' : 'EXTERNAL'
    const connecting: ConnectionOptions = {
      containerId,
      hostname: host,
      idleTimeoutMs: IDLE_TIMEOUT_MS,
      sasl: { mechanisms: [mechanism] },
    }
    this.#connection = Connection.dial(socket, connecting, {
      onOpen: () => {
        this.#session = this.#connection.begin()
        opened.resolve()
      },
      onAttach: (link) => {
        link.refuse('amqp:not-allowed', 'this client takes no links')
      },
      onClosed: (reason) => {
        opened.reject(reason ?? closedError())
        this.#onClosed(reason)
      },
    })
  }

  /**
   * Receives whole messages from `address`; they are accepted by the client. With `undefined` the peer makes an address.
   *
   * @throws SkupperError `amqp/timeout`, `amqp/peer-error`, `amqp/detached`, `amqp/closed`
   */
  async subscribe(
    address: string | undefined,
    onMessage: (message: DecodedMessage) => void,
    o: SubscribeOptions = {},
  ): Promise<Subscription> {
    const pending = new Pending<Subscription>(
      o.deadlineMs ?? this.#deadlineMs,
      `no subscription to ${address ?? 'a new address'}`,
    )
    const source: Terminus = address === undefined ? { dynamic: true } : { address }
    let closing = false
    const subscribed = () => {
      const close = () => {
        closing = true
        receiver.detach()
      }
      pending.resolve({ address: receiver.source?.address, close })
    }
    const receiver: Receiver = this.#open().openReceiver(
      { source, target: {}, credit: o.credit ?? DEFAULT_CREDIT },
      {
        onAttached: () => {
          // A refusal is an attach without a node and a detach right behind it; some peers attach without one always.
          if (receiver.source === undefined) setImmediate(subscribed)
          else subscribed()
        },
        onDelivery: (delivery) => {
          receiveMessage(delivery, onMessage)
        },
        onDetached: (error) => {
          pending.reject(error ?? new SkupperError('amqp/detached', 'the peer refused the subscription'))
          if (!closing) o.onDetached?.(error)
        },
      },
    )
    pending.promise.catch(() => {
      closing = true
      receiver.detach()
    })
    return await pending.promise
  }

  /**
   * Sends, and waits for the outcome.
   *
   * @throws SkupperError `amqp/not-accepted` (given: the outcome; `released` means that nobody is there), `amqp/timeout`,
   * `amqp/closed`, `amqp/detached`, `amqp/peer-error`.
   */
  async send(address: string, message: Message, o: SendMessageOptions = {}): Promise<void> {
    const bytes = encodeMessage({ ...message, to: message.to ?? address })
    const pending = new Pending<void>(o.deadlineMs ?? this.#deadlineMs, `no outcome of the message to ${address}`)
    this.#senderTo(address).send({ bytes, settled: o.settled ?? false, pending })
    await pending.promise
  }

  /** Sends with a reply address of its own, and waits for the reply with the same correlation id. @throws as `send`. */
  async request(address: string, message: Message, o: { deadlineMs?: number } = {}): Promise<DecodedMessage> {
    const deadlineMs = o.deadlineMs ?? this.#deadlineMs
    const pending = new Pending<DecodedMessage>(deadlineMs, `no reply from ${address}`)
    const correlationId = randomBytes(CORRELATION_BYTES).toString('base64url')
    this.#requests.set(correlationId, pending)
    try {
      const { address: replyTo } = await this.#replyAddress(deadlineMs)
      const sent = this.send(address, { ...message, replyTo, correlationId }, { deadlineMs })
      // The reply may be here before the outcome, and without a good outcome none will come.
      return await Promise.race([pending.promise, sent.then(() => pending.promise)])
    } finally {
      this.#requests.delete(correlationId)
      pending.reject(closedError())
    }
  }

  /** Called once when the connection has ended; soon, if it has already. */
  onClosed(listener: (reason?: SkupperError) => void): void {
    void this.#closed.promise.then(listener)
  }

  /** Closes; resolves when the connection is gone. Harmless when called twice. */
  async close(): Promise<void> {
    this.#connection.close()
    await this.#closed.promise
  }

  /** One reply address for all requests; made anew if it was lost. */
  #replyAddress(deadlineMs: number): Promise<Subscription> {
    if (this.#replies !== undefined) return this.#replies
    const replies = this.subscribe(
      undefined,
      (reply) => {
        this.#requests.get(reply.correlationId)?.resolve(reply)
      },
      {
        deadlineMs,
        onDetached: (error) => {
          this.#onRepliesLost(error)
        },
      },
    )
    this.#replies = replies
    replies.catch(() => {
      this.#replies = undefined
    })
    return replies
  }

  #onRepliesLost(error = new SkupperError('amqp/detached', 'the reply address was lost')): void {
    this.#replies = undefined
    for (const pending of this.#requests.values()) pending.reject(error)
  }

  /** The link to send on: one for all addresses where the peer relays by the message's own address. */
  #senderTo(address: string): ClientSender {
    const relay = this.#connection.peer?.offeredCapabilities.includes(ANONYMOUS_RELAY) === true
    const key = relay ? '' : address
    const known = this.#senders.get(key)
    if (known !== undefined) return known
    this.#makeRoom()
    const sender = new ClientSender(() => {
      if (this.#senders.get(key) === sender) this.#senders.delete(key)
    })
    sender.use(this.#open().openSender({ source: {}, target: relay ? {} : { address } }, sender))
    this.#senders.set(key, sender)
    return sender
  }

  #makeRoom(): void {
    if (this.#senders.size < MAX_SENDERS) return
    for (const [key, sender] of this.#senders) {
      if (!sender.idle) continue
      this.#senders.delete(key)
      sender.detach()
      return
    }
  }

  /** @throws SkupperError `amqp/closed` */
  #open(): Session {
    if (this.#session === undefined) throw closedError()
    return this.#session
  }

  #onClosed(reason: SkupperError | undefined): void {
    this.#session = undefined
    for (const pending of this.#requests.values()) pending.reject(reason ?? closedError())
    this.#closed.resolve(reason)
  }
}

/** @throws SkupperError of `dialSocket` */
function dialled({ host, port, tls, deadlineMs }: ClientOptions): Promise<Socket> {
  return new Promise((resolve, reject) => {
    dialSocket({ host, port, tls, timeoutMs: deadlineMs }, (error, socket) => {
      if (socket !== undefined) resolve(socket)
      else reject(error ?? closedError())
    })
  })
}

function closedError(): SkupperError {
  return new SkupperError('amqp/closed', 'the connection is closed')
}
