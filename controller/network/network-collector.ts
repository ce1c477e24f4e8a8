import { SkupperError, messageOf } from '../../core/model/error.ts'
import type { DecodedMessage } from '../../router/amqp/message.ts'
import { beaconAddress, flushMessage, parseTelemetry, type Beacon } from '../../router/telemetry/records.ts'
import type { Log } from '../log.ts'
import type { MessageClient } from './message-client.ts'
import { NetworkRecords } from './network-records.ts'
import { networkView, type SiteView } from './network-view.ts'

const BEACON_CREDIT = 100
const RECORD_CREDIT = 250
/** The only addresses a beacon may name: what it says must not make us listen to anything else. */
const RECORD_ADDRESS = /^mc\/sfe\.\S{1,200}$/
const DIRECT_ADDRESS = /^sfe\.\S{1,200}$/

export interface CollectorOptions {
  readonly now: () => number
  readonly log: Log
  /** The view of the network has changed. */
  readonly onChange: () => void
}

interface Subscription {
  readonly direct: string
  /** Set until the first message shows that what the source sends gets here. */
  unheard: boolean
  close: () => void
}

/** Collects the telemetry of the whole network over whichever connection there is just now (protocol sheet, section 6). */
export class NetworkCollector {
  readonly #options: CollectorOptions
  readonly #records = new NetworkRecords()
  #subscriptions = new Map<string, Subscription>()
  #client: MessageClient | undefined
  #view: { readonly version: number; readonly sites: SiteView[] } = { version: 0, sites: [] }

  constructor(options: CollectorOptions) {
    this.#options = options
  }

  /** The sites of the network as known now, this one among them. */
  sites(): readonly SiteView[] {
    const { version } = this.#records
    if (version !== this.#view.version) this.#view = { version, sites: networkView(this.#records.all()) }
    return this.#view.sites
  }

  /** Goes on over a new connection. @throws what `subscribe` throws. */
  async connected(client: MessageClient): Promise<void> {
    this.#client = client
    const hear = this.#guarded((message) => {
      this.#hearBeacon(message)
    })
    await client.subscribe(beaconAddress, hear, { credit: BEACON_CREDIT })
  }

  disconnected(): void {
    this.#client = undefined
    this.#subscriptions = new Map()
  }

  /** To be called about once a second: sources that are not heard any more are forgotten. */
  tick(): void {
    const lost = this.#records.expire(this.#options.now())
    for (const id of lost) {
      this.#subscriptions.get(id)?.close()
      this.#subscriptions.delete(id)
    }
    if (lost.length > 0) this.#options.onChange()
  }

  #hearBeacon(message: DecodedMessage): void {
    const told = parseTelemetry(message)
    if (told?.kind !== 'beacon') return
    const { beacon } = told
    if (!RECORD_ADDRESS.test(beacon.address) || !DIRECT_ADDRESS.test(beacon.direct)) return
    const isKept = this.#records.heard(beacon.id, this.#options.now())
    if (isKept && !this.#subscriptions.has(beacon.id)) this.#subscribe(beacon)
  }

  #subscribe({ id, address, direct }: Beacon): void {
    const client = this.#client
    if (client === undefined) return
    const subscription: Subscription = { direct, unheard: true, close: () => undefined }
    this.#subscriptions.set(id, subscription)
    const hear = this.#guarded((message) => {
      this.#hearSource(id, message)
    })
    client.subscribe(address, hear, { credit: RECORD_CREDIT }).then(
      (opened) => {
        subscription.close = () => {
          opened.close()
        }
        this.#flush(subscription)
      },
      (error: unknown) => {
        this.#subscriptions.delete(id)
        this.#options.log.debug({ source: id, reason: messageOf(error) }, 'telemetry: cannot listen to a source')
      },
    )
  }

  #hearSource(id: string, message: DecodedMessage): void {
    this.#records.heard(id, this.#options.now())
    const subscription = this.#subscriptions.get(id)
    // A FLUSH may overtake the news that we listen. Once anything gets here, a second one makes sure.
    if (subscription?.unheard === true) this.#flush(subscription)
    if (subscription !== undefined) subscription.unheard = false
    const told = parseTelemetry(message)
    if (told?.kind === 'records' && this.#records.update(id, told.records)) this.#options.onChange()
  }

  #flush({ direct }: Subscription): void {
    this.#client?.send(direct, flushMessage(direct), { settled: true }).catch((error: unknown) => {
      this.#options.log.debug({ source: direct, reason: messageOf(error) }, 'telemetry: cannot ask a source')
    })
  }

  /** What a stranger sends wrongly costs a log line. */
  #guarded(hear: (message: DecodedMessage) => void): (message: DecodedMessage) => void {
    return (message) => {
      try {
        hear(message)
      } catch (error) {
        if (!(error instanceof SkupperError)) throw error
        this.#options.log.debug({ code: error.code, reason: error.message }, 'telemetry: message left out')
      }
    }
  }
}
