import type { AttributeName, Attributes, RecordType } from './attributes.ts'
import type { RecordUpdate } from './record-codec.ts'

/** A record as its owner sees it. */
export interface TelemetryRecord {
  /** `<source>:<number>`, how other records refer to this one. */
  readonly id: string
  /** Notes what is so now; only what differs is sent. */
  set(attributes: Attributes): void
  /** Has `refresh` asked now and then, and at the end, for figures that change all the time. */
  follow(refresh: () => Attributes): void
  /** The subject is gone. The record is sent a last time, with its end, and forgotten. */
  end(attributes?: Attributes): void
}

interface RecordFacts {
  readonly type: RecordType
  readonly id: string
  readonly now: () => number
}

/** A record and what of it has not been sent yet. */
export class PendingRecord implements TelemetryRecord {
  readonly type: RecordType
  readonly id: string
  readonly #now: () => number
  #refresh: (() => Attributes) | undefined
  readonly #attributes: Attributes
  readonly #changed = new Set<AttributeName>()
  #ended = false

  /** `now` gives microseconds since 1970. */
  constructor({ type, id, now }: RecordFacts, attributes: Attributes) {
    this.type = type
    this.id = id
    this.#now = now
    this.#attributes = { startTime: now(), ...attributes }
    this.resend()
  }

  get ended(): boolean {
    return this.#ended
  }

  set(attributes: Attributes): void {
    if (this.#ended) return
    for (const name of namesOf(attributes)) {
      if (attributes[name] !== this.#attributes[name]) this.#changed.add(name)
    }
    Object.assign(this.#attributes, attributes)
  }

  follow(refresh: () => Attributes): void {
    this.#refresh = refresh
  }

  /** Notes the figures that change all the time. */
  refresh(): void {
    if (this.#refresh !== undefined) this.set(this.#refresh())
  }

  end(attributes: Attributes = {}): void {
    this.refresh()
    this.set({ endTime: this.#now(), ...attributes })
    this.#ended = true
  }

  /** Makes the next `take` give all of the record. */
  resend(): void {
    for (const name of namesOf(this.#attributes)) this.#changed.add(name)
  }

  /** What has to be sent, which from then on counts as sent. */
  take(): RecordUpdate | undefined {
    if (this.#changed.size === 0) return undefined
    const entries = [...this.#changed].map((name) => [name, this.#attributes[name]] as const)
    this.#changed.clear()
    const attributes: Attributes = Object.fromEntries(entries)
    return { type: this.type, identity: this.id, attributes }
  }
}

function namesOf(attributes: Attributes): AttributeName[] {
  return Object.keys(attributes) as AttributeName[]
}
