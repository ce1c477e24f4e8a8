import type { ServiceRecord } from './service-context.ts'
import type { StreamRouter } from './stream-router.ts'

/**
 * How a listener with several addresses sends each client to one of those that have a target. 'priority': to the one of
 * the highest value. 'weighted': at random, each as often as its value says.
 */
export type AddressStrategy = 'priority' | 'weighted'

/** One of the addresses of a listener. */
export interface ChosenAddress {
  readonly address: string
  /** Clients that were sent there. */
  connectionsOpened: number
  /** What the network is told of the listener as far as it leads there. */
  readonly record: ServiceRecord
}

/** An address of a listener, for whoever added it. */
export interface AddedAddress {
  readonly chosen: ChosenAddress
  /** Gives it another value, for clients to come. */
  update(value: number): void
  /** Takes it away, for clients to come. */
  remove(): void
}

interface Known extends ChosenAddress {
  value: number
  reachable: boolean
}

export interface AddressChoiceOptions {
  readonly router: Pick<StreamRouter, 'watch'>
  readonly strategy: AddressStrategy
  /** From 0 up to 1. */
  readonly random: () => number
  /** Makes the record of an address; it ends with its place here. */
  readonly openRecord: (address: string, counts: () => { flowCountL4: number }) => ServiceRecord
  /** Called when the first address gets a target, and when the last has lost its own. */
  readonly onChange: (reachable: boolean) => void
}

/** The addresses that clients of one listener are sent to (protocol sheet, section 4, "Treatment and balancing"). */
export class AddressChoice {
  readonly #options: AddressChoiceOptions
  readonly #unwatch = new Map<Known, () => void>()
  /** Those with a target, by falling value; of equals the one first added comes first. */
  #reachable: readonly Known[] = []

  constructor(options: AddressChoiceOptions) {
    this.#options = options
  }

  /** Adds an address; `value` is what the strategy goes by. */
  add(address: string, value: number): AddedAddress {
    const record = this.#options.openRecord(address, () => ({ flowCountL4: known.connectionsOpened }))
    const known: Known = { address, value, connectionsOpened: 0, reachable: false, record }
    this.#unwatch.set(known, () => undefined)
    const unwatch = this.#options.router.watch(address, (reachable) => {
      known.reachable = reachable
      this.#refresh()
    })
    this.#unwatch.set(known, unwatch)
    return {
      chosen: known,
      update: (next) => {
        known.value = next
        this.#refresh()
      },
      remove: () => {
        this.#forget(known)
        this.#refresh()
      },
    }
  }

  /** The address for the next client; undefined while none has a target. */
  next(): ChosenAddress | undefined {
    const chosen = this.#options.strategy === 'weighted' ? this.#drawn() : this.#reachable[0]
    if (chosen !== undefined) chosen.connectionsOpened += 1
    return chosen
  }

  close(): void {
    for (const known of [...this.#unwatch.keys()]) this.#forget(known)
  }

  #drawn(): Known | undefined {
    const total = this.#reachable.reduce((sum, { value }) => sum + value, 0)
    let left = this.#options.random() * total
    for (const known of this.#reachable) {
      left -= known.value
      if (left < 0) return known
    }
    // Of addresses that all weigh nothing one is as good as another.
    return this.#reachable[0]
  }

  #refresh(): void {
    const before = this.#reachable.length > 0
    const known = [...this.#unwatch.keys()].filter(({ reachable }) => reachable)
    this.#reachable = known.sort((a, b) => b.value - a.value)
    const now = known.length > 0
    if (now !== before) this.#options.onChange(now)
  }

  #forget(known: Known): void {
    const unwatch = this.#unwatch.get(known)
    if (unwatch === undefined) return
    unwatch()
    this.#unwatch.delete(known)
    known.record.end()
  }
}
