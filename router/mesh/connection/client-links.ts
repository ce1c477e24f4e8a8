import type { Connection } from '../../amqp/connection.ts'
import type { Receiver } from '../../amqp/receiver.ts'
import type { Sender } from '../../amqp/sender.ts'
import { CAPABILITY, LINK_CREDIT, linkEnd, offers } from './capabilities.ts'
import type { Forwarder, Subscription } from '../forward/forwarder.ts'
import { LinkQueue } from './link-queue.ts'
import type { Origin } from '../origin.ts'
import type { LinkView, Role } from './router-connection.ts'
import { StreamPool } from './stream-pool.ts'

export interface ClientLinksOptions {
  readonly connectionId: number
  readonly connection: Connection
  readonly forwarder: Forwarder
  readonly origin: Origin
  /** The capabilities the client offers. */
  readonly capabilities: readonly string[]
  /** The time in ms. */
  readonly now: () => number
}

interface ClientSender {
  readonly sender: Sender
  readonly address: string
  readonly queue: LinkQueue
  readonly subscription: Subscription
}

/**
 * An ordinary AMQP client on a `normal` listener: its receivers are consumers of their addresses, its senders bring
 * messages, to the address of the link or of each message. It sees no router annotations.
 */
export class ClientLinks implements Role {
  readonly role = 'normal'
  readonly #options: ClientLinksOptions
  readonly #consumers = new Map<Sender, ClientSender>()
  readonly #producers = new Set<Receiver>()
  /** Only for a client that takes a link for each stream. */
  readonly #pool: StreamPool | undefined

  constructor(options: ClientLinksOptions) {
    this.#options = options
    const takesStreams = options.capabilities.includes(CAPABILITY.streamingLinks)
    this.#pool = takesStreams ? new StreamPool(options.connection, linkEnd(), options.now) : undefined
  }

  onAttach(link: Sender | Receiver): void {
    if (link.role === 'sender') this.#attachConsumer(link)
    else this.#attachProducer(link)
  }

  retire(): void {
    for (const { subscription } of this.#consumers.values()) subscription.close()
  }

  onClosed(): void {
    for (const consumer of [...this.#consumers.values()]) this.#removeConsumer(consumer)
    this.#pool?.lose()
  }

  sweep(): void {
    this.#pool?.sweep()
  }

  links(): LinkView[] {
    const { connectionId } = this.#options
    const outgoing = [...this.#consumers.values()].map(({ sender, address, queue }) => ({
      ...{ connectionId, name: sender.name, dir: 'out' as const, type: 'endpoint' as const, address },
      unsettled: queue.unfinished,
    }))
    const incoming = [...this.#producers].map(({ name, target }) => ({
      ...{ connectionId, name, dir: 'in' as const, type: 'endpoint' as const, address: target?.address },
      unsettled: undefined,
    }))
    return [...outgoing, ...incoming]
  }

  #attachConsumer(sender: Sender): void {
    const { source } = sender
    const address = source?.dynamic === true ? this.#options.forwarder.replyAddress() : source?.address
    if (address === undefined || !this.#mayConsume(address)) {
      sender.refuse('amqp:not-allowed', `cannot receive from the address ${JSON.stringify(address ?? null)}`)
      return
    }
    const queue = new LinkQueue(sender)
    const subscription = this.#options.forwarder.subscribeLink(address, (options) => {
      return (options.streaming ? this.#pool : undefined)?.open(options) ?? queue.open(options)
    })
    const consumer = { sender, address, queue, subscription }
    this.#consumers.set(sender, consumer)
    sender.handler = {
      onCredit: () => {
        queue.pump()
      },
      onDetached: () => {
        this.#removeConsumer(consumer)
      },
    }
    sender.accept({ source: { ...source, address } })
  }

  #attachProducer(receiver: Receiver): void {
    const { target } = receiver
    if (target?.dynamic === true) {
      receiver.refuse('amqp:not-implemented', 'a dynamic target')
      return
    }
    const { origin, forwarder } = this.#options
    const streaming = offers(target, CAPABILITY.streamingDeliveries)
    const ingress = { origin, to: target?.address, streaming }
    this.#producers.add(receiver)
    receiver.handler = {
      onDelivery: (delivery) => {
        forwarder.receive(delivery, ingress)
      },
      onDetached: () => {
        this.#producers.delete(receiver)
      },
    }
    receiver.accept({ credit: LINK_CREDIT })
  }

  /** A client is a consumer anywhere in the network or here, but takes nothing that is the routers' own. */
  #mayConsume(address: string): boolean {
    const key = this.#options.forwarder.key(address)
    if (key.startsWith('M')) return !key.startsWith('M_$') && key.length > 1
    return key.startsWith('L') && !key.startsWith('L$') && !key.startsWith('Lqd')
  }

  #removeConsumer(consumer: ClientSender): void {
    if (!this.#consumers.delete(consumer.sender)) return
    consumer.subscription.close()
    consumer.queue.lose()
  }
}
