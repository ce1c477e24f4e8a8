import { onTestFinished } from 'vitest'
import { AmqpClient } from '../../router/amqp/client.ts'
import type { DialTls } from '../../router/amqp/dial.ts'
import type { DecodedMessage } from '../../router/amqp/message.ts'
import { beaconAddress, flushMessage, parseTelemetry } from '../../router/telemetry/records.ts'
import type { Attributes, RecordType } from '../../router/telemetry/records.ts'

/** A record as it is known from all updates so far. */
export interface CollectedRecord extends Attributes {
  readonly type: RecordType
  readonly identity: string
}

/** Collects the telemetry of a whole network over one connection, until the test ends. */
export class TelemetryCollector {
  /** Ids of the sources heard by their beacons, in order. */
  readonly sources: string[] = []
  readonly heartbeats = new Set<string>()
  readonly #records = new Map<string, CollectedRecord>()
  readonly #client: AmqpClient
  readonly #withFlows: boolean
  /** Ids of the sources whose records come. */
  readonly followed = new Set<string>()

  private constructor(client: AmqpClient, withFlows: boolean) {
    this.#client = client
    this.#withFlows = withFlows
  }

  static async open(port: number, tls?: DialTls, { flows = false } = {}): Promise<TelemetryCollector> {
    const client = await AmqpClient.connect({
      host: '127.0.0.1',
      port,
      tls,
      containerId: 'collector',
      deadlineMs: 5_000,
    })
    onTestFinished(() => client.close())
    const collector = new TelemetryCollector(client, flows)
    await client.subscribe(beaconAddress, (message) => {
      collector.#hear(message)
    })
    return collector
  }

  /** The records of a type that have not ended. */
  records(type: RecordType): CollectedRecord[] {
    return [...this.#records.values()].filter((record) => record.type === type && record.endTime === undefined)
  }

  /** Connections, also those that have ended. */
  flows(): CollectedRecord[] {
    return [...this.#records.values()].filter(({ type }) => type === 'BIFLOW_TPORT')
  }

  /** Requests, also those that have ended. */
  requests(): CollectedRecord[] {
    return [...this.#records.values()].filter(({ type }) => type === 'BIFLOW_APP')
  }

  ended(identity: string): boolean {
    return this.#records.get(identity)?.endTime !== undefined
  }

  #hear(message: DecodedMessage): void {
    const heard = parseTelemetry(message)
    if (heard?.kind === 'heartbeat') this.heartbeats.add(heard.id)
    if (heard?.kind === 'beacon') void this.#follow(heard.beacon)
    if (heard?.kind !== 'records') return
    for (const { type, identity, attributes } of heard.records) {
      this.#records.set(identity, { ...this.#records.get(identity), ...attributes, type, identity })
    }
  }

  async #follow({ id, address, direct }: { id: string; address: string; direct: string }): Promise<void> {
    if (this.sources.includes(id)) return
    this.sources.push(id)
    await this.#client.subscribe(address, (message) => {
      this.#hear(message)
    })
    if (this.#withFlows) {
      await this.#client.subscribe(`${address}.flows`, (message) => {
        this.#hear(message)
      })
    }
    await this.#client.send(direct, flushMessage(direct))
    this.followed.add(id)
  }
}
