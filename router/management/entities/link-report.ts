import type { ConnectorStatus, LinkedPeer } from '../../mesh/connection/connector.ts'
import type { TelemetryRecord } from '../../telemetry/record.ts'

/** Byte counters change all the time; they are reported no more often than this. */
const COUNT_EVERY_MS = 2_000

/** What a connector says of its link. */
export interface LinkState {
  readonly status: ConnectorStatus
  readonly message: string
  readonly peer: LinkedPeer | undefined
}

interface Counted {
  readonly bytesIn: number
  readonly bytesOut: number
}

/** Keeps the telemetry record of one link up to date (protocol sheet, section 6). */
export class LinkReport {
  readonly #record: TelemetryRecord
  readonly #now: () => number
  #wasUp = false
  #countDue = 0
  #downCount = 0

  /** `now` gives milliseconds since 1970. */
  constructor(record: TelemetryRecord, now: () => number) {
    this.#record = record
    this.#now = now
    record.set({ operStatus: 'down', downCount: 0 })
  }

  /** `connections` are the link's own: the one for control and those for streams. */
  update(link: LinkState, connections: readonly Counted[]): void {
    const isUp = link.status === 'SUCCESS'
    if (isUp !== this.#wasUp) this.#turn(isUp)
    if (!isUp) {
      // What there is to say before the first try is no reason.
      if (link.status === 'FAILED') this.#record.set({ reason: link.message })
      return
    }
    const { accessId, cost } = link.peer ?? {}
    if (accessId !== undefined) this.#record.set({ peer: accessId })
    if (cost !== undefined) this.#record.set({ linkCost: cost })
    if (this.#now() >= this.#countDue) this.#count(connections)
  }

  #count(connections: readonly Counted[]): void {
    this.#countDue = this.#now() + COUNT_EVERY_MS
    this.#record.set({
      octets: connections.reduce((sum, { bytesOut }) => sum + bytesOut, 0),
      octetsReverse: connections.reduce((sum, { bytesIn }) => sum + bytesIn, 0),
    })
  }

  #turn(isUp: boolean): void {
    this.#wasUp = isUp
    const nowUs = Math.round(this.#now() * 1000)
    if (isUp) {
      this.#record.set({ operStatus: 'up', upTimestamp: nowUs })
      return
    }
    this.#downCount += 1
    this.#record.set({ operStatus: 'down', downTimestamp: nowUs, downCount: this.#downCount })
  }
}
