import type { ControlLink } from './control-link.ts'
import type { Hello } from './control-message.ts'
import type { Peers } from './graph.ts'

interface NeighbourLink {
  readonly link: ControlLink
  instance: number | undefined
  /** When a HELLO last came, and when one last named this router; ms, -Infinity for never. */
  heardAt: number
  listedAt: number
  adjacent: boolean
  /** HELLOs of another router with the same id as an adjacent one. */
  conflicts: number
}

/** What a HELLO brought. */
export interface Heard {
  readonly verdict: 'ignored' | 'heard' | 'duplicate'
  /** The neighbour was not heard of late and should learn at once that it is now. */
  readonly answer: boolean
  /** Who is adjacent, or over which link, is different now. */
  readonly changed: boolean
}

/** A restarted neighbour may leave a HELLO or two in an old connection's buffers; more are another router's. */
const CONFLICTS_OF_A_DUPLICATE = 3

/**
 * The control links and what was heard on each. A neighbour is adjacent while a HELLO that lists this router came within
 * `maxAgeMs`; with several links to one neighbour the cheapest that is adjacent counts, then the oldest.
 */
export class Neighbours {
  readonly #self: string
  readonly #maxAgeMs: number
  readonly #links = new Map<ControlLink, NeighbourLink>()
  readonly #byPeer = new Map<string, Set<NeighbourLink>>()
  #best = new Map<string, ControlLink>()

  constructor(self: string, maxAgeMs: number) {
    this.#self = self
    this.#maxAgeMs = maxAgeMs
  }

  add(link: ControlLink): void {
    const state = {
      link,
      instance: undefined,
      heardAt: -Infinity,
      listedAt: -Infinity,
      adjacent: false,
      conflicts: 0,
    }
    this.#links.set(link, state)
    const siblings = this.#byPeer.get(link.peerId)
    if (siblings === undefined) this.#byPeer.set(link.peerId, new Set([state]))
    else siblings.add(state)
  }

  has(link: ControlLink): boolean {
    return this.#links.has(link)
  }

  delete(link: ControlLink): void {
    const state = this.#links.get(link)
    if (state === undefined) return
    this.#links.delete(link)
    const siblings = this.#byPeer.get(link.peerId)
    siblings?.delete(state)
    if (state.adjacent) for (const sibling of siblings ?? []) inherit(sibling, state)
    if (siblings?.size === 0) this.#byPeer.delete(link.peerId)
  }

  links(): IterableIterator<ControlLink> {
    return this.#links.keys()
  }

  /** Whom to list in a HELLO on `link`: its peer, if heard of late. A peer looks for nobody but itself. */
  seen(link: ControlLink, now: number): string[] {
    const state = this.#links.get(link)
    return state !== undefined && now - state.heardAt <= this.#maxAgeMs ? [link.peerId] : []
  }

  hear(link: ControlLink, hello: Hello, now: number): Heard {
    const state = this.#links.get(link)
    if (state === undefined || hello.id !== link.peerId || hello.id === this.#self) return IGNORED
    if (this.#contradicts(state, hello.instance, now)) {
      state.conflicts += 1
      return state.conflicts < CONFLICTS_OF_A_DUPLICATE ? IGNORED : DUPLICATE
    }
    const answer = now - state.heardAt > this.#maxAgeMs
    state.instance = hello.instance
    state.heardAt = now
    if (hello.seen.includes(this.#self)) state.listedAt = now
    const stale = this.#forgetEarlierStarts(state)
    const changed = (stale || state.adjacent !== this.#isListed(state, now)) && this.refresh(now)
    return { verdict: 'heard', answer, changed }
  }

  /** The time in which this process stood still does not count against the neighbours. */
  forgive(ms: number): void {
    for (const state of this.#links.values()) {
      state.heardAt += ms
      state.listedAt += ms
    }
  }

  /** Works out who is adjacent now. Answers whether anything changed, be it only the link or its cost. */
  refresh(now: number): boolean {
    const best = new Map<string, ControlLink>()
    for (const state of this.#links.values()) {
      state.adjacent = this.#isListed(state, now)
      const chosen = best.get(state.link.peerId)
      if (state.adjacent && (chosen === undefined || state.link.cost < chosen.cost)) {
        best.set(state.link.peerId, state.link)
      }
    }
    const changed = best.size !== this.#best.size || [...best].some(([id, link]) => this.#best.get(id) !== link)
    this.#best = best
    return changed
  }

  /** The link to an adjacent neighbour. */
  best(peerId: string): ControlLink | undefined {
    return this.#best.get(peerId)
  }

  /** The best link to each adjacent neighbour. */
  adjacent(): ReadonlyMap<string, ControlLink> {
    return this.#best
  }

  costs(): Peers {
    return new Map([...this.#best].map(([id, link]) => [id, link.cost]))
  }

  #isListed(state: NeighbourLink, now: number): boolean {
    return now - state.listedAt <= this.#maxAgeMs
  }

  /** Whether another link to the same id is alive and speaks for a later start. */
  #contradicts(state: NeighbourLink, instance: number, now: number): boolean {
    for (const other of this.#byPeer.get(state.link.peerId) ?? []) {
      if ((other.instance ?? 0) > instance && other !== state && now - other.heardAt <= this.#maxAgeMs) return true
    }
    return false
  }

  /** What was heard on earlier connections of a restarted neighbour came from the process that is gone. */
  #forgetEarlierStarts(state: NeighbourLink): boolean {
    let forgotten = false
    for (const other of this.#byPeer.get(state.link.peerId) ?? []) {
      if (other.instance === undefined || other.instance === state.instance || !other.adjacent) continue
      other.listedAt = -Infinity
      forgotten = true
    }
    return forgotten
  }
}

/** A newer connection to the same process takes over from an older one without a gap: what was heard holds for both. */
function inherit(heir: NeighbourLink, { instance, heardAt, listedAt }: NeighbourLink): void {
  if (heir.instance !== undefined && heir.instance !== instance) return
  heir.instance = instance
  heir.heardAt = Math.max(heir.heardAt, heardAt)
  heir.listedAt = Math.max(heir.listedAt, listedAt)
}

const IGNORED: Heard = { verdict: 'ignored', answer: false, changed: false }
const DUPLICATE: Heard = { verdict: 'duplicate', answer: false, changed: false }
