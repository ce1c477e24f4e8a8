import { parseLabels } from '../../core/model/labels.ts'
import { flagSetting, settingOf } from '../../core/model/settings.ts'
import type { Listener } from '../../core/model/listener.ts'
import type { SiteResources } from '../site/site-resources.ts'
import type { Log } from '../log.ts'
import type { MessageClient } from './message-client.ts'
import { NetworkCollector } from './network-collector.ts'
import { SOURCE_LOST_MS } from './network-records.ts'
import type { SiteView } from './network-view.ts'
import { offeredServices } from '../services/offered-services.ts'
import { ServiceSync } from '../services/service-sync.ts'
import type { SyncedPort } from '../services/service-sync-state.ts'
import { reportSite, type SiteReport } from './site-telemetry.ts'
import { portsOfSynced } from '../services/synced-listeners.ts'

/** How long it may take until what a newcomer listens to is known everywhere. */
const ANNOUNCE_MS = 5_000

export interface SiteMessagingOptions {
  readonly siteId: string
  readonly siteName: string
  readonly namespace: string
  readonly platform: string
  readonly version: string
  /** Milliseconds; never goes back. */
  readonly now: () => number
  readonly random: () => number
  readonly log: Log
  readonly onChange: () => void
}

/** What the controllers of a network tell each other through the routers: services, and what each site is made of. */
export class SiteMessaging {
  readonly #options: SiteMessagingOptions
  readonly #sync: ServiceSync
  readonly #collector: NetworkCollector
  #report: SiteReport | undefined
  #announceUntil = -Infinity
  #connectedAt: number | undefined

  constructor(options: SiteMessagingOptions) {
    this.#options = options
    this.#sync = new ServiceSync(options)
    this.#collector = new NetworkCollector(options)
  }

  get synced(): SyncedPort[] {
    return this.#sync.ports()
  }

  get network(): readonly SiteView[] {
    return this.#collector.sites()
  }

  /** True once every source that lives must have been heard: what was not is gone. */
  get hasHeardAll(): boolean {
    return this.#connectedAt !== undefined && this.#options.now() - this.#connectedAt > SOURCE_LOST_MS
  }

  /** Takes up what an earlier run had synced. */
  restore(listeners: readonly Listener[]): void {
    this.#sync.restore(portsOfSynced(listeners))
  }

  configure({ site, connectors }: SiteResources): void {
    const labels = parseLabels(settingOf(site, 'service-sync-labels')) ?? {}
    const enabled = flagSetting(site, 'service-sync')
    this.#sync.configure({ enabled, labels, offered: offeredServices(connectors, labels) })
  }

  async connected(client: MessageClient): Promise<void> {
    const { siteId, siteName: name, namespace, platform, version, now, random } = this.#options
    const attributes = { name, namespace, platform, buildVersion: version }
    this.#report = reportSite({ client, siteId, attributes, now, random })
    await this.#collector.connected(client)
    await this.#sync.connected(client)
    this.#connectedAt ??= now()
  }

  disconnected(): void {
    this.#report?.stop()
    this.#report = undefined
    this.#sync.disconnected()
    this.#collector.disconnected()
  }

  /** A router has come into reach: the sites behind it have not heard of this one. */
  onNewcomer(): void {
    this.#announceUntil = this.#options.now() + ANNOUNCE_MS
  }

  /** To be called about once a second. */
  tick(): void {
    if (this.#options.now() < this.#announceUntil) {
      this.#report?.announce()
      this.#sync.announce()
    }
    this.#sync.tick()
    this.#collector.tick()
  }
}
