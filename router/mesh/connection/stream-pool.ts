import type { Connection } from '../../amqp/connection.ts'
import type { OutgoingDelivery } from '../../amqp/delivery.ts'
import type { Session } from '../../amqp/session.ts'
import type { Terminus } from '../../amqp/terminus.ts'
import { LinkQueue, type OpenOptions } from './link-queue.ts'

/** Links of a pool that may be open at once; more streams than that are refused. */
const MAX_LINKS = 8192
/** Spare links that are kept for the next streams. */
const MAX_SPARE = 64
/** How many spare links are looked at for one that has sent everything. */
const LOOKS = 8
/** How long a new link may wait for its first credit. */
const CREDIT_DEADLINE_MS = 10_000

/** What a pool needs of an AMQP connection. */
export type LinkMaker = Pick<Connection, 'begin'>

interface PooledLink {
  readonly queue: LinkQueue
  readonly session: Session
  /** When the link was asked for; undefined once the peer has given credit. */
  askedAt: number | undefined
}

/**
 * Sending links for streams on one connection: one stream at a time on each, taken again when it is settled and sent.
 * Each has a session of its own, so that a slow stream holds up no other.
 */
export class StreamPool {
  readonly #connection: LinkMaker
  readonly #terminus: Terminus
  readonly #now: () => number
  readonly #links = new Set<PooledLink>()
  /** Their streams are over; the last bytes may still wait for the socket. Oldest first. */
  readonly #spare = new Set<PooledLink>()
  #lost = false

  /** `terminus` is both source and target of the links: it carries the capability that the connection wants. */
  constructor(connection: LinkMaker, terminus: Terminus, now: () => number) {
    this.#connection = connection
    this.#terminus = terminus
    this.#now = now
  }

  /** Links that carry a stream now. */
  get busy(): number {
    return this.#links.size - this.#spare.size
  }

  /** A stream of its own; undefined when there are too many, or the connection takes no more links. */
  open(options: OpenOptions): OutgoingDelivery | undefined {
    if (this.#lost) return undefined
    const link = this.#takeSpare() ?? this.#newLink()
    return link?.queue.open({
      ...options,
      onDone: () => {
        options.onDone?.()
        if (this.#links.has(link)) this.#spare.add(link)
      },
    })
  }

  /** To be called about once a second: gives up links that get no credit and closes those not needed. */
  sweep(): void {
    const asked = this.#now() - CREDIT_DEADLINE_MS
    for (const link of this.#links) if (link.askedAt !== undefined && link.askedAt < asked) this.#drop(link)
    let surplus = this.#spare.size - MAX_SPARE
    for (const link of this.#spare) {
      if (surplus-- <= 0) return
      if (link.queue.idle) this.#drop(link)
    }
  }

  /** To be called when the connection is gone. */
  lose(): void {
    this.#lost = true
    for (const link of [...this.#links]) this.#forget(link)
  }

  #takeSpare(): PooledLink | undefined {
    let looks = 0
    for (const link of this.#spare) {
      this.#spare.delete(link)
      if (link.queue.idle) return link
      this.#spare.add(link)
      if (++looks === LOOKS) return undefined
    }
    return undefined
  }

  #newLink(): PooledLink | undefined {
    if (this.#links.size >= MAX_LINKS) return undefined
    const session = this.#begin()
    if (session === undefined) return undefined
    const sender = session.openSender(
      { source: this.#terminus, target: this.#terminus },
      {
        onCredit: () => {
          link.askedAt = undefined
          link.queue.pump()
        },
        onDetached: () => {
          this.#drop(link)
        },
      },
    )
    const link: PooledLink = { queue: new LinkQueue(sender), session, askedAt: this.#now() }
    this.#links.add(link)
    return link
  }

  #begin(): Session | undefined {
    try {
      return this.#connection.begin()
    } catch {
      // The peer allows no more sessions, or the connection is closing.
      return undefined
    }
  }

  #drop(link: PooledLink): void {
    this.#forget(link)
    link.session.end()
  }

  #forget(link: PooledLink): void {
    this.#links.delete(link)
    this.#spare.delete(link)
    link.queue.lose()
  }
}
