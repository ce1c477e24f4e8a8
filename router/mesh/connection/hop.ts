import type { OutgoingDelivery } from '../../amqp/delivery.ts'
import type { Hop } from '../forward/hop-target.ts'
import { LinkQueue, type CreditedSender } from './link-queue.ts'
import type { StreamPool } from './stream-pool.ts'
import type { WayOptions } from '../forward/target.ts'

/** The data links of a control connection: the n-th that is attached carries the messages of priority n. */
export const PRIORITIES = 10

/** Opens streams on one connection. */
export type StreamOpener = Pick<StreamPool, 'open'>

/** Connections that carry the streams of one neighbour beside its control connection. */
export interface DataMembers {
  /** In the order they came. */
  readonly pools: readonly StreamOpener[]
}

/**
 * A neighbouring router as the forwarder sees it: complete messages leave on the data link of their priority, streams
 * on links of their own, in turn over the data connections, or on the control connection where there are none.
 */
export class InterRouterHop implements Hop {
  readonly peerId: string
  readonly cost: number
  readonly #members: DataMembers
  readonly #ownPool: StreamOpener | undefined
  readonly #data: LinkQueue[] = []
  #control: LinkQueue | undefined
  #turn = 0

  /** Without `ownPool` the peer takes no links for streams on this connection: they share the data links. */
  constructor(peer: { peerId: string; cost: number }, members: DataMembers, ownPool?: StreamOpener) {
    this.peerId = peer.peerId
    this.cost = peer.cost
    this.#members = members
    this.#ownPool = ownPool
  }

  /** The sending half of the control link pair. The queue it answers is to be pumped as credit comes. */
  useControl(sender: CreditedSender): LinkQueue {
    this.#control = new LinkQueue(sender)
    return this.#control
  }

  /** The sending half of the next data link pair. The queue it answers is to be pumped as credit comes. */
  useData(sender: CreditedSender): LinkQueue {
    const queue = new LinkQueue(sender)
    this.#data.push(queue)
    return queue
  }

  get dataLinks(): number {
    return this.#data.length
  }

  /** A control message, complete and settled. What finds its queue full is dropped: all of them are repeated. */
  send(message: Buffer): void {
    const delivery = this.#control?.open({ settled: true })
    delivery?.write(message)
    delivery?.end(true)
  }

  open(options: WayOptions): OutgoingDelivery | undefined {
    // A link for streams attached before all ten pairs would be taken for one of them.
    if (this.#data.length < PRIORITIES) return undefined
    const pool = options.streaming ? this.#nextPool() : undefined
    return pool === undefined ? this.#data[options.priority]?.open(options) : pool.open(options)
  }

  #nextPool(): StreamOpener | undefined {
    const { pools } = this.#members
    return pools[this.#turn++ % pools.length] ?? this.#ownPool
  }
}
