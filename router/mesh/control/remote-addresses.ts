import type { Holder } from './control-link.ts'
import type { MobileAddress } from './control-message.ts'

const NOBODY: readonly Holder[] = []
/** Addresses of one router that are noted; a router that tells of more is not believed the rest. */
export const MAX_ADDRESSES_OF_A_ROUTER = 20_000

/** Which remote router holds which address key. The changing methods answer with the keys whose holders changed. */
export class RemoteAddresses {
  readonly #keysOf = new Map<string, Set<string>>()
  readonly #holdersOf = new Map<string, Map<string, Holder>>()
  /** Holders with a route, by key, until either changes. */
  readonly #reachable = new Map<string, readonly Holder[]>()

  /** Sets the whole address set of a router. */
  replace(routerId: string, exist: readonly MobileAddress[]): string[] {
    const kept = new Set(exist.map(({ key }) => key))
    const gone = this.keys(routerId).filter((key) => !kept.has(key))
    return this.change(routerId, { add: exist, del: gone })
  }

  change(routerId: string, { add, del }: { add: readonly MobileAddress[]; del: readonly string[] }): string[] {
    const changed = del.filter((key) => this.#remove(routerId, key))
    for (const address of add) if (this.#add(routerId, address)) changed.push(address.key)
    return changed
  }

  flush(routerId: string): string[] {
    return this.change(routerId, { add: [], del: this.keys(routerId) })
  }

  keys(routerId: string): string[] {
    return [...(this.#keysOf.get(routerId) ?? [])]
  }

  /** The holders of `key` for which `isReachable` says yes; remembered until `routesChanged`. */
  holders(key: string, isReachable: (routerId: string) => boolean): readonly Holder[] {
    const known = this.#reachable.get(key)
    if (known !== undefined) return known
    const all = this.#holdersOf.get(key)
    if (all === undefined) return NOBODY
    const reachable = [...all.values()].filter(({ routerId }) => isReachable(routerId))
    this.#reachable.set(key, reachable)
    return reachable
  }

  routesChanged(): void {
    this.#reachable.clear()
  }

  #add(routerId: string, { key, treatment }: MobileAddress): boolean {
    if (this.#holdersOf.get(key)?.get(routerId)?.treatment === treatment) return false
    const keys = entry(this.#keysOf, routerId, () => new Set<string>())
    if (keys.size >= MAX_ADDRESSES_OF_A_ROUTER && !keys.has(key)) return false
    keys.add(key)
    entry(this.#holdersOf, key, () => new Map<string, Holder>()).set(routerId, { routerId, treatment })
    this.#reachable.delete(key)
    return true
  }

  #remove(routerId: string, key: string): boolean {
    const keys = this.#keysOf.get(routerId)
    if (keys?.delete(key) !== true) return false
    if (keys.size === 0) this.#keysOf.delete(routerId)
    const holders = this.#holdersOf.get(key)
    holders?.delete(routerId)
    if (holders?.size === 0) this.#holdersOf.delete(key)
    this.#reachable.delete(key)
    return true
  }
}

function entry<V>(map: Map<string, V>, key: string, make: () => V): V {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}
