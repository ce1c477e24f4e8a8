import type { Attributes, RecordType } from './attributes.ts'
import { beaconAddress, beaconMessage, beaconOf, heartbeatMessage, recordAddress, recordsMessage } from './messages.ts'
import type { Beacon, SourceType } from './messages.ts'
import type { TelemetryPort } from './port.ts'
import { PendingRecord } from './record.ts'
import type { TelemetryRecord } from './record.ts'
import type { RecordUpdate } from './record-codec.ts'

const BEACON_EVERY_MS = 10_000
const HEARTBEAT_EVERY_MS = 2_000
/** How often figures that change all the time are sent. */
const REFRESH_EVERY_MS = 2_000
/** Keeps a message of records at some ten kilobytes. */
const RECORDS_PER_MESSAGE = 100
const ID_LENGTH = 5
const ID_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** How often `tick` has to be called: a change is sent within that time. */
export const TICK_EVERY_MS = 500

export interface SourceOptions {
  readonly sourceType: SourceType
  readonly port: TelemetryPort
  /** Milliseconds since 1970, with fractions. */
  readonly now: () => number
  /** As Math.random. */
  readonly random: () => number
}

/**
 * One source of vanflow telemetry (protocol sheet, section 6): keeps the records of its subjects and sends beacons,
 * heartbeats, what changed in the records, and after a FLUSH all of them. Nothing is sent to where nobody listens.
 */
export class TelemetrySource {
  readonly #port: TelemetryPort
  readonly #now: () => number
  readonly #beacon: Beacon
  readonly #sourceId: string
  readonly #records = new Map<string, PendingRecord>()
  readonly #audience = new Map<string, boolean>()
  readonly #stops: (() => void)[]
  #count = 0
  #messageId = 0
  #beaconDue = 0
  #heartbeatDue = 0
  #refreshDue = 0

  constructor({ sourceType, port, now, random }: SourceOptions) {
    this.#port = port
    this.#now = now
    this.#sourceId = randomId(random)
    this.#beacon = beaconOf(sourceType, `${this.#sourceId}:0`)
    const { address, direct } = this.#beacon
    this.#stops = [beaconAddress, address, `${address}.flows`, `${address}.logs`].map((heard) => this.#follow(heard))
    this.#stops.push(
      port.subscribe(direct, ({ subject }) => {
        if (subject === 'FLUSH') this.#resendAll()
      }),
    )
  }

  /** Identity of this source and of the record of what it stands for: `<5 characters>:0`. */
  get id(): string {
    return this.#beacon.id
  }

  /** An identity for a record of this source that is made elsewhere. */
  nextId(): string {
    this.#count += 1
    return `${this.#sourceId}:${String(this.#count)}`
  }

  /**
   * Opens a record of something that belongs to this source. It starts now, unless the attributes say otherwise.
   * `refresh` is asked now and then for figures that change all the time, where somebody listens.
   */
  open(type: RecordType, attributes: Attributes, refresh?: () => Attributes): TelemetryRecord {
    const record = this.openAs(type, this.nextId(), { parent: this.id, ...attributes })
    if (refresh !== undefined) record.follow(refresh)
    return record
  }

  /** Opens a record with a given identity: that of the router, which is the source's own, a site's, or a flow's. */
  openAs(type: RecordType, identity: string, attributes: Attributes): TelemetryRecord {
    const record = new PendingRecord({ type, id: identity, now: () => this.#nowUs() }, attributes)
    this.#records.set(identity, record)
    return record
  }

  /** Sends what is due. */
  tick(): void {
    const now = this.#now()
    if (this.#isHeard(beaconAddress) && now >= this.#beaconDue) {
      this.#send(beaconMessage(this.#beacon))
      this.#beaconDue = now + BEACON_EVERY_MS
    }
    if (this.#isHeard(this.#beacon.address) && now >= this.#heartbeatDue) {
      this.#send(heartbeatMessage(this.#beacon, this.#nowUs()))
      this.#heartbeatDue = now + HEARTBEAT_EVERY_MS
    }
    if (now >= this.#refreshDue) {
      this.#refreshAll()
      this.#refreshDue = now + REFRESH_EVERY_MS
    }
    this.#sendRecords()
  }

  /** Has a beacon sent at the next tick: somebody who just came should not have to wait for the next one. */
  announce(): void {
    this.#beaconDue = 0
  }

  /** Sends the ends of all records and stops listening. */
  close(): void {
    for (const record of this.#records.values()) record.end()
    this.#sendRecords()
    for (const stop of this.#stops.splice(0)) stop()
  }

  #follow(address: string): () => void {
    return this.#port.watch(address, (reachable) => {
      this.#audience.set(address, reachable)
      // Whoever just came should not have to wait ten seconds to learn of us.
      if (reachable && address === beaconAddress) this.#beaconDue = 0
    })
  }

  #addressOf(record: PendingRecord): string {
    return recordAddress(this.#beacon, record.type)
  }

  #isHeard(address: string): boolean {
    return this.#audience.get(address) ?? false
  }

  #refreshAll(): void {
    for (const record of this.#records.values()) if (this.#isHeard(this.#addressOf(record))) record.refresh()
  }

  #resendAll(): void {
    for (const record of this.#records.values()) if (this.#addressOf(record) === this.#beacon.address) record.resend()
  }

  #sendRecords(): void {
    const updates = new Map<string, RecordUpdate[]>()
    for (const record of this.#records.values()) {
      const address = this.#addressOf(record)
      const update = this.#isHeard(address) ? record.take() : undefined
      if (record.ended) this.#records.delete(record.id)
      if (update === undefined) continue
      const batch = updates.get(address)
      if (batch === undefined) updates.set(address, [update])
      else batch.push(update)
    }
    for (const [address, all] of updates) this.#sendBatches(address, all)
  }

  #sendBatches(address: string, updates: readonly RecordUpdate[]): void {
    for (let at = 0; at < updates.length; at += RECORDS_PER_MESSAGE) {
      this.#send(recordsMessage(address, updates.slice(at, at + RECORDS_PER_MESSAGE)))
    }
  }

  #send(message: Parameters<TelemetryPort['send']>[0]): void {
    this.#port.send({ ...message, messageId: this.#messageId })
    this.#messageId += 1
  }

  #nowUs(): number {
    return Math.round(this.#now() * 1000)
  }
}

function randomId(random: () => number): string {
  const pick = () => ID_ALPHABET.charAt(Math.floor(random() * ID_ALPHABET.length))
  return Array.from({ length: ID_LENGTH }, pick).join('')
}
