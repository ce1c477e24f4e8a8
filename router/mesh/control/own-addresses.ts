import type { MobileAddress } from './control-message.ts'

/** What changed since the last announcement, under its new number. */
export interface AddressChanges {
  readonly mobileSeq: number
  readonly add: readonly MobileAddress[]
  readonly del: readonly string[]
}

/** The addresses that this router advertises: what is wished now, and what was last announced under which number. */
export class OwnAddresses {
  readonly #wished = new Map<string, MobileAddress>()
  readonly #announced = new Map<string, MobileAddress>()
  readonly #touched = new Set<string>()
  #mobileSeq: number

  constructor(firstSeq: number) {
    this.#mobileSeq = firstSeq
  }

  /** The number of the last announcement. */
  get mobileSeq(): number {
    return this.#mobileSeq
  }

  /** Answers whether there is something to announce: a mere count is none. */
  set(address: MobileAddress): boolean {
    this.#wished.set(address.key, address)
    this.#touched.add(address.key)
    return this.#announced.get(address.key)?.treatment !== address.treatment
  }

  delete(key: string): boolean {
    this.#wished.delete(key)
    this.#touched.add(key)
    return this.#announced.has(key)
  }

  /** Takes the changes as announced from now on; undefined if nothing differs. */
  takeChanges(): AddressChanges | undefined {
    const add: MobileAddress[] = []
    const del: string[] = []
    for (const key of this.#touched) {
      const wished = this.#wished.get(key)
      const announced = this.#announced.get(key)
      if (wished === undefined) this.#announced.delete(key)
      else this.#announced.set(key, wished)
      if (wished === undefined && announced !== undefined) del.push(key)
      if (wished !== undefined && wished.treatment !== announced?.treatment) add.push(wished)
    }
    this.#touched.clear()
    if (add.length === 0 && del.length === 0) return undefined
    this.#mobileSeq += 1
    return { mobileSeq: this.#mobileSeq, add, del }
  }

  /** All addresses as last announced. */
  announced(): MobileAddress[] {
    return [...this.#announced.values()]
  }
}
