import type { ConnectorStatus, LinkedPeer } from '../../mesh/connector.ts'
import type { TelemetryRecord } from '../../telemetry/record.ts'

/** What a connector says of its link. */
export interface LinkState {
  readonly status: ConnectorStatus
  readonly message: string
  readonly peer: LinkedPeer | undefined
}

/** Keeps the telemetry record of one link up to date (protocol sheet, section 6). */
export class LinkReport {
  readonly #record: TelemetryRecord
  readonly #now: () => number
  #wasUp = false
  #downCount = 0

  /** `now` gives milliseconds since 1970. */
  constructor(record: TelemetryRecord, now: () => number) {
    this.#record = record
    this.#now = now
    record.set({ operStatus: 'down', downCount: 0 })
  }

  /** `connections` are the link's own: the one for control and those for streams. */
  update(link: LinkState, connections: readonly { readonly bytesIn: number; readonly bytesOut: number }[]): void {
    const isUp = link.status === 'SUCCESS'
    if (isUp !== this.#wasUp) this.#turn(isUp)
    if (!isUp) {
      this.#record.set({ reason: link.message })
      return
    }
    const octets = connections.reduce((sum, { bytesOut }) => sum + bytesOut, 0)
    const octetsReverse = connections.reduce((sum, { bytesIn }) => sum + bytesIn, 0)
    const { accessId, cost } = link.peer ?? {}
    this.#record.set({
      ...{ octets, octetsReverse },
      ...(accessId === undefined ? {} : { peer: accessId }),
      ...(cost === undefined ? {} : { linkCost: cost }),
    })
  }

  #turn(isUp: boolean): void {
    this.#wasUp = isUp
    const nowUs = Math.round(this.#now() * 1000)
    if (isUp) {
      this.#record.set({ operStatus: 'up', upTimestamp: nowUs, reason: '' })
      return
    }
    this.#downCount += 1
    this.#record.set({ operStatus: 'down', downTimestamp: nowUs, downCount: this.#downCount })
  }
}
