import type { Attributes, RecordType, RecordUpdate } from '../router/telemetry/records.ts'

/** A source that was not heard for this long is lost (v2's rule; beacons come every 10 s, heartbeats every 2 s). */
export const SOURCE_LOST_MS = 30_000
/** Bounds on what strangers in the network can make us keep. */
const MAX_SOURCES = 2_000
const MAX_RECORDS_PER_SOURCE = 50_000

/** The records the shape of a network is made of; flows, processes and logs are not for us. */
const KEPT: ReadonlySet<RecordType> = new Set(['SITE', 'ROUTER', 'LINK', 'LISTENER', 'CONNECTOR', 'ROUTER_ACCESS'])

/** The latest known state of one record. */
export interface NetworkRecord {
  readonly type: RecordType
  readonly identity: string
  readonly attributes: Attributes
}

interface Source {
  lastHeard: number
  readonly records: Map<string, NetworkRecord>
}

/** What every telemetry source of the network has reported. Pure state: times in milliseconds come in as arguments. */
export class NetworkRecords {
  readonly #sources = new Map<string, Source>()
  #version = 0

  /** Grows with every change of a record or of the set of sources. */
  get version(): number {
    return this.#version
  }

  /** A sign of life. True if the source is new: it must then be asked for all its records. */
  heard(sourceId: string, now: number): boolean {
    const known = this.#sources.get(sourceId)
    if (known !== undefined) {
      known.lastHeard = now
      return false
    }
    if (this.#sources.size >= MAX_SOURCES) return false
    this.#sources.set(sourceId, { lastHeard: now, records: new Map() })
    return true
  }

  /** Takes in updates: attributes that are absent keep their value, an end time removes the record. */
  update(sourceId: string, updates: readonly RecordUpdate[]): void {
    const records = this.#sources.get(sourceId)?.records
    if (records === undefined) return
    for (const update of updates) if (KEPT.has(update.type)) this.#merge(records, update)
  }

  /** Forgets sources not heard for `SOURCE_LOST_MS`, and names them. */
  expire(now: number): string[] {
    const lost = [...this.#sources].filter(([, { lastHeard }]) => now - lastHeard > SOURCE_LOST_MS).map(([id]) => id)
    for (const id of lost) this.#sources.delete(id)
    if (lost.length > 0) this.#version++
    return lost
  }

  all(): NetworkRecord[] {
    return [...this.#sources.values()].flatMap(({ records }) => [...records.values()])
  }

  #merge(records: Map<string, NetworkRecord>, { type, identity, attributes }: RecordUpdate): void {
    const known = records.get(identity)
    if (attributes.endTime !== undefined && attributes.endTime > 0) {
      if (records.delete(identity)) this.#version++
      return
    }
    if (known === undefined && records.size >= MAX_RECORDS_PER_SOURCE) return
    if (known !== undefined && !changes(known.attributes, attributes)) return
    records.set(identity, { type, identity, attributes: { ...known?.attributes, ...attributes } })
    this.#version++
  }
}

function changes(known: Attributes, update: Attributes): boolean {
  const before: Readonly<Record<string, unknown>> = known
  return Object.entries(update).some(([name, value]) => before[name] !== value)
}
