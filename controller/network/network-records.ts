import type { AttributeName, Attributes, RecordType, RecordUpdate } from '../../router/telemetry/records.ts'

/** A source that was not heard for this long is lost (v2's rule; beacons come every 10 s, heartbeats every 2 s). */
export const SOURCE_LOST_MS = 30_000
/** Bounds on what strangers in the network can make us keep. */
const MAX_SOURCES = 2_000
const MAX_RECORDS_PER_SOURCE = 50_000

/** The records the shape of a network is made of; flows, processes and logs are not for us. */
const KEPT: ReadonlySet<RecordType> = new Set(['SITE', 'ROUTER', 'LINK', 'LISTENER', 'CONNECTOR', 'ROUTER_ACCESS'])

/** What the view of a network reads of them. Counters change all the time and would have it made anew each time. */
const KEPT_ATTRIBUTES: ReadonlySet<string> = new Set<AttributeName>([
  ...(['parent', 'name', 'namespace', 'platform', 'buildVersion', 'mode', 'peer', 'operStatus'] as const),
  ...(['linkCost', 'role', 'vanAddress', 'protocol', 'destHost', 'destPort'] as const),
])

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
  /** Which source speaks for a router, by the router's name. */
  readonly #speakers = new Map<string, string>()
  #version = 0

  /** Grows with every change of a record or of the set of sources. */
  get version(): number {
    return this.#version
  }

  /** A sign of life. False if the source is not kept because there are too many. */
  heard(sourceId: string, now: number): boolean {
    const known = this.#sources.get(sourceId)
    if (known !== undefined) known.lastHeard = now
    else if (this.#sources.size < MAX_SOURCES) this.#sources.set(sourceId, { lastHeard: now, records: new Map() })
    return this.#sources.has(sourceId)
  }

  /**
   * Takes in updates: attributes that are absent keep their value, an end time removes the record. True if anything
   * changed.
   */
  update(sourceId: string, updates: readonly RecordUpdate[]): boolean {
    const { version } = this
    const records = this.#sources.get(sourceId)?.records
    for (const update of updates) {
      if (records === undefined || !KEPT.has(update.type)) continue
      this.#merge(records, update)
      this.#succeed(sourceId, update)
    }
    return this.version !== version
  }

  /** Forgets sources not heard for `SOURCE_LOST_MS`, and names them. */
  expire(now: number): string[] {
    const lost = [...this.#sources].filter(([, { lastHeard }]) => now - lastHeard > SOURCE_LOST_MS).map(([id]) => id)
    for (const id of lost) this.#sources.delete(id)
    for (const [subject, id] of this.#speakers) if (!this.#sources.has(id)) this.#speakers.delete(subject)
    if (lost.length > 0) this.#version++
    return lost
  }

  /**
   * Every record. Of a site both its controller and skupper-router tell: what the controller says comes later, and of
   * two controllers, one of which is gone, the newer comes later.
   */
  all(): NetworkRecord[] {
    const lists = [...this.#sources.values()].map(({ records }) => [...records.values()])
    const isOfRouter = (records: readonly NetworkRecord[]): boolean => records.some(({ type }) => type === 'ROUTER')
    const [ofRouters, ofControllers] = [lists.filter(isOfRouter), lists.filter((records) => !isOfRouter(records))]
    return [...ofRouters, ...ofControllers].flat()
  }

  #merge(records: Map<string, NetworkRecord>, { type, identity, attributes: given }: RecordUpdate): void {
    const known = records.get(identity)
    if (hasEnded(given)) {
      if (records.delete(identity)) this.#version++
      return
    }
    const attributes = keptOf(given)
    if (known === undefined && records.size >= MAX_RECORDS_PER_SOURCE) return
    if (known !== undefined && !changes(known.attributes, attributes)) return
    records.set(identity, { type, identity, attributes: { ...known?.attributes, ...attributes } })
    this.#version++
  }

  /** A router that restarts speaks as a new source: what its old one said no longer holds. */
  #succeed(sourceId: string, { type, attributes }: RecordUpdate): void {
    const { name } = attributes
    if (type !== 'ROUTER' || name === undefined || hasEnded(attributes)) return
    const before = this.#speakers.get(name)
    this.#speakers.set(name, sourceId)
    if (before === undefined || before === sourceId) return
    this.#sources.get(before)?.records.clear()
    this.#version++
  }
}

function keptOf(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => KEPT_ATTRIBUTES.has(name)))
}

function hasEnded({ endTime = 0 }: Attributes): boolean {
  return endTime > 0
}

function changes(known: Attributes, update: Attributes): boolean {
  const before: Readonly<Record<string, unknown>> = known
  return Object.entries(update).some(([name, value]) => before[name] !== value)
}
