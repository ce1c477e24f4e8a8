import type { Protocol } from '../../core/model/protocol.ts'

/** An origin that was not heard for this long loses its services (v1's default). */
const ORIGIN_TTL_MS = 180_000
/** v1's lower bound: below it three lost messages would take services away. */
const SHORTEST_ORIGIN_TTL_MS = 60_000
/** Site ids in this message are claims, so a stranger could make up any number of them. */
const MAX_ORIGINS = 1_000

/** One port of a service that another site offers. */
export interface OfferedPort {
  readonly routingKey: string
  readonly port: number
  readonly protocol: Protocol
  readonly labels: Readonly<Record<string, string>>
}

/** A port that at least one other site offers, with all sites that do, ordered by id. */
export interface SyncedPort extends OfferedPort {
  readonly origins: readonly string[]
}

interface Origin {
  lastHeard: number
  offers: ReadonlyMap<string, OfferedPort>
}

/**
 * Which sites offer what. An offer goes when its origin stops announcing it or is no longer heard; a routing key goes
 * with the last origin. Pure state: times in milliseconds come in as arguments.
 */
export class ServiceSyncState {
  readonly #origins = new Map<string, Origin>()
  readonly #ttlMs: number

  constructor(ttlMs: number = ORIGIN_TTL_MS) {
    this.#ttlMs = Math.max(ttlMs, SHORTEST_ORIGIN_TTL_MS)
  }

  /** Takes up what an earlier run had stored. Its origins must be heard again within the time to live, from now on. */
  restore(stored: readonly SyncedPort[], now: number): void {
    for (const { origins, ...offer } of stored) {
      for (const id of origins) {
        const offers = new Map(this.#origins.get(id)?.offers)
        this.#put(id, offers.set(offer.routingKey, offer), now)
      }
    }
  }

  /** An origin announced everything it offers. True if that changed what is synced. */
  receive(originId: string, offers: readonly OfferedPort[], now: number): boolean {
    const before = this.#origins.get(originId)?.offers ?? new Map<string, OfferedPort>()
    const after = new Map(offers.map((offer) => [offer.routingKey, offer]))
    if (!this.#put(originId, after, now)) return false
    return !sameOffers(before, after)
  }

  /** Forgets origins that were not heard for the time to live, and names them. */
  expire(now: number): string[] {
    const lost = [...this.#origins].filter(([, { lastHeard }]) => now - lastHeard > this.#ttlMs).map(([id]) => id)
    for (const id of lost) this.#origins.delete(id)
    return lost
  }

  /**
   * Everything that is offered, ordered by routing key. Where origins disagree about protocol or labels, the origin
   * with the lowest id decides, so that every site that hears the same comes to the same.
   */
  ports(): SyncedPort[] {
    const ports = new Map<string, SyncedPort>()
    for (const [id, { offers }] of [...this.#origins].sort(byKey)) {
      for (const [key, offer] of offers) {
        const known = ports.get(key)
        ports.set(
          key,
          known === undefined ? { ...offer, origins: [id] } : { ...known, origins: [...known.origins, id] },
        )
      }
    }
    return [...ports].sort(byKey).map(([, port]) => port)
  }

  #put(id: string, offers: ReadonlyMap<string, OfferedPort>, now: number): boolean {
    if (!this.#origins.has(id) && this.#origins.size >= MAX_ORIGINS) return false
    this.#origins.set(id, { lastHeard: now, offers })
    return true
  }
}

function sameOffers(a: ReadonlyMap<string, OfferedPort>, b: ReadonlyMap<string, OfferedPort>): boolean {
  return a.size === b.size && [...a].every(([key, offer]) => sameOffer(offer, b.get(key)))
}

function sameOffer(a: OfferedPort, b: OfferedPort | undefined): boolean {
  if (b === undefined || a.protocol !== b.protocol || a.port !== b.port) return false
  const labels = Object.entries(a.labels)
  return labels.length === Object.keys(b.labels).length && labels.every(([key, value]) => b.labels[key] === value)
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : Number(a > b)
}
