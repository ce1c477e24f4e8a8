import { encodeValue } from '../../router/amqp/encode.ts'
import type { IncomingDelivery, OutgoingDelivery } from '../../router/amqp/delivery.ts'
import { localPipe } from '../../router/mesh/forward/local-pipe.ts'
import type {
  StreamConsumer,
  StreamHead,
  StreamRouter,
  StreamSubscription,
} from '../../router/service/stream-router.ts'

/** A stream that was opened, as a test sees it. */
export interface OpenedStream {
  readonly head: StreamHead
  readonly outgoing: OutgoingDelivery
  readonly incoming: IncomingDelivery
}

/** Addresses, consumers and streams of one process: a router without a network. Consumers take turns. */
export class MemoryRouter implements StreamRouter {
  /** All streams in the order they were opened. */
  readonly opened: OpenedStream[] = []
  readonly #consumers = new Map<string, StreamConsumer[]>()
  readonly #watchers = new Map<string, Set<(reachable: boolean) => void>>()
  #replies = 0

  open(head: StreamHead): OutgoingDelivery | undefined {
    const consumers = this.#consumers.get(head.to) ?? []
    const consumer = consumers.shift()
    if (consumer === undefined) return undefined
    consumers.push(consumer)
    const { outgoing, incoming } = localPipe()
    this.opened.push({ head, outgoing, incoming })
    consumer(incoming, { ...head, applicationProperties: encodeValue(head.applicationProperties) }, Buffer.alloc(0))
    return outgoing
  }

  subscribe(address: string, consumer: StreamConsumer): StreamSubscription {
    const consumers = this.#consumers.get(address) ?? []
    this.#consumers.set(address, consumers)
    consumers.push(consumer)
    if (consumers.length === 1) this.#tell(address, true)
    return {
      rest: () => undefined,
      close: () => {
        const at = consumers.indexOf(consumer)
        if (at < 0) return
        consumers.splice(at, 1)
        if (consumers.length === 0) this.#tell(address, false)
      },
    }
  }

  watch(address: string, onChange: (reachable: boolean) => void): () => void {
    const watchers = this.#watchers.get(address) ?? new Set()
    this.#watchers.set(address, watchers)
    watchers.add(onChange)
    if ((this.#consumers.get(address) ?? []).length > 0) onChange(true)
    return () => watchers.delete(onChange)
  }

  replyAddress(): string {
    this.#replies += 1
    return `amqp:/_topo/0/test/temp.${String(this.#replies).padStart(15, '0')}`
  }

  #tell(address: string, reachable: boolean): void {
    for (const onChange of this.#watchers.get(address) ?? []) onChange(reachable)
  }
}
