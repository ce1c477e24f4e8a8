import type { AccessToken } from '../../core/model/access-token.ts'
import { messageOf } from '../../core/model/error.ts'
import type { Listener } from '../../core/model/listener.ts'
import type { SiteStore, Snapshot, StoreProblem } from '../../core/model/site-store.ts'
import { SiteCertificates, type NamedCredentials } from '../credentials/site-certificates.ts'
import type { Log } from '../log.ts'
import { reachableSites } from '../network/reachable-sites.ts'
import { SiteMessaging } from '../network/site-messaging.ts'
import { UNRESTRICTED, type SitePolicies } from '../../core/model/policy/resource-refusal.ts'
import { isServicePermitted, permittedResources } from '../exposure/permitted-resources.ts'
import { isSynced } from '../services/synced-listeners.ts'
import { SiteTokens } from '../tokens/site-tokens.ts'
import {
  desiredConfig,
  desiredResources,
  withDefaultAccess,
  type DesiredConfig,
  type StatusFacts,
  servedElsewhere,
} from './desired.ts'
import { GuardedParts } from './guarded-parts.ts'
import type { DefaultAccess, Premises, PremisesEvents, PremisesView, RouterWish } from './premises.ts'
import type { SiteIdentity } from './site-identity.ts'
import { ofKind, siteResourcesOf, type SiteResources } from './site-resources.ts'
import { writeResources } from './write-resources.ts'

/** Where things are and what they are given: all of it from `main`. */
export interface SiteRunOptions {
  readonly identity: SiteIdentity
  readonly store: SiteStore
  readonly namespace: string
  readonly platform: string
  readonly version: string
  /** The place where the site runs. */
  readonly premises: (identity: SiteIdentity, events: PremisesEvents) => Premises
  readonly defaultAccess: DefaultAccess
  readonly clock: Clock
  readonly random: () => number
  readonly log: Log
  /** Where objects of a cluster are exposed by annotations, and policies are in force. */
  readonly exposures?: Exposures | undefined
  /** Only shows what would be done: nobody is spoken to. */
  readonly isRehearsal?: boolean | undefined
  /** Something changed: `reconcile` should be called. */
  readonly onChange: () => void
}

/** What exposing annotated objects has to say to the site. */
export interface Exposures {
  readonly policies: SitePolicies
  readonly problems: readonly StoreProblem[]
}

/** Milliseconds since 1970. */
export interface Clock {
  /** For people and certificates. */
  readonly wall: () => number
  /** Never goes back. */
  readonly steady: () => number
}

/** What the last pass saw, from which a configuration is made. */
interface Latest {
  readonly resources: SiteResources
  readonly synced: readonly Listener[]
}

const TICK_MS = 1_000
/** While a change shows no effect yet. */
const QUICK_TICK_MS = 200
/** After news of the network, while a change shows no effect yet. */
const SOON_MS = 20
/** After news of a site that was not reached before. */
const NEWCOMER_MS = 100
/** What failed or was refused is tried again this often. */
const RETRY_MS = 5_000
/** Certificates that end soon are looked at when this part of their life has passed. */
const LOOK_SHARE = 1 / 10
/** However long they last: an authority is parted with in the last hour of its life. */
const LONGEST_LOOK_MS = 900_000
/** Asking the router how it fares takes at most this part of the time, where that is not too seldom. */
const POLL_SHARE = 1 / 20
const LONGEST_TICK_MS = 5_000

/** Everything that runs for one site: its routers, its token server, and what is exchanged with other sites. */
export class SiteRun {
  readonly #options: SiteRunOptions
  readonly #premises: Premises
  readonly #certificates: SiteCertificates
  readonly #messaging: SiteMessaging
  readonly #tokens: SiteTokens
  readonly #parts: GuardedParts
  #latest: Latest | undefined
  #contents: NamedCredentials['contents'] = new Map()
  #problems: readonly string[] = []
  #passedAt = -Infinity
  #ticking: NodeJS.Timeout | undefined
  #isTickSoon = false
  #closed = false

  constructor(options: SiteRunOptions) {
    const { identity, store, log, clock, random, onChange } = options
    this.#options = options
    this.#parts = new GuardedParts(log)
    this.#messaging = new SiteMessaging({
      ...{ siteId: identity.id, siteName: identity.name, log, random, now: clock.steady },
      ...{ namespace: options.namespace, platform: options.platform, version: options.version },
      onChange: () => {
        this.#lookSoon()
        onChange()
      },
    })
    this.#premises = options.premises(identity, this.#events())
    this.#certificates = new SiteCertificates({ store, place: this.#premises.credentials, log })
    this.#tokens = new SiteTokens({
      ...{ siteId: identity.id, siteName: identity.name, store, log, random, onChange },
      ...{ now: clock.wall, steady: clock.steady },
      identityKey: this.#premises.credentials.identityKey,
      choosePort: () => this.#premises.rechooseTokenPort().then(onChange),
      policies: () => this.#policies,
      sharedAddress: this.#premises.passesTokens,
    })
  }

  get identity(): SiteIdentity {
    return this.#options.identity
  }

  /** Takes up what an earlier run left. */
  async start(): Promise<void> {
    await this.#premises.start()
    this.#messaging.restore(await this.#options.store.list('Listener'))
    this.#scheduleTick(TICK_MS)
  }

  /** One pass: what there is and what should be → what is done about it. A part that fails does not stop the others. */
  async reconcile(): Promise<void> {
    const { store, clock, identity, log, defaultAccess } = this.#options
    this.#passedAt = performance.now()
    const now = new Date(clock.wall())
    const { snapshot, tokens } = await this.#redeem(now)
    const read = siteResourcesOf(snapshot.resources)
    if (read?.site.metadata.uid !== identity.id) return
    const resources = withDefaultAccess(read, defaultAccess)
    const synced = ofKind(snapshot.resources, 'Listener').filter(isSynced)
    const permitted = permittedResources(resources, this.#policies)
    const config = await this.#configure({ resources: permitted.resources, synced }, now)
    // What policies deny has a status that says so.
    const whole = { ...config, resources, notes: [...config.notes, ...permitted.notes] }
    const statuses = desiredResources(whole, this.#statusFacts(snapshot, resources, now))
    await writeResources([...statuses, ...tokens], { store, stored: snapshot.resources, log })
    await this.#parts.run('identity', () => this.#tokens.prepare())
    await this.#parts.run('old certificates', () => this.#certificates.removeUnnamed(resources, snapshot.resources))
  }

  /** Ends everything; routers that end with this process drain for at most `graceMs`. May be called twice. */
  async close(graceMs: number): Promise<void> {
    this.#closed = true
    clearTimeout(this.#ticking)
    await this.#tokens.close()
    await this.#premises.close(graceMs)
  }

  get #policies(): SitePolicies {
    return this.#options.exposures?.policies ?? UNRESTRICTED
  }

  #events(): PremisesEvents {
    return {
      config: () => this.#bootWish(),
      onSession: ({ messages }) => this.#messaging.connected(messages),
      onSessionEnd: () => {
        this.#messaging.disconnected()
      },
      onNewcomer: () => {
        this.#messaging.onNewcomer()
      },
      onChange: this.#options.onChange,
    }
  }

  /** Goes on with tokens; what there is then, and the tokens with their statuses. */
  async #redeem(now: Date): Promise<{ snapshot: Snapshot; tokens: AccessToken[] }> {
    const { store, isRehearsal } = this.#options
    const before = await store.snapshot()
    if (isRehearsal === true) return { snapshot: before, tokens: [] }
    const redeemed = await this.#parts.run('tokens', () => this.#tokens.redeem(before.resources, now))
    const snapshot = redeemed?.isChanged === false ? before : await store.snapshot()
    return { snapshot, tokens: redeemed?.tokens ?? [] }
  }

  /** Brings the place, certificates, routers and token server to what the resources ask for. */
  async #configure(latest: Latest, now: Date): Promise<DesiredConfig> {
    const { resources } = latest
    this.#latest = latest
    await this.#parts.run('place', () => this.#premises.settle(resources))
    this.#messaging.configure(resources)
    await this.#parts.run('revocations', () => this.#tokens.revoke(now))
    const { hosts, tokens } = this.#premises.view(resources)
    const isIssuerInUse = (fingerprint: string) => this.#tokens.isIssuerInUse(fingerprint)
    const wish = { resources, hosts, now: now.getTime(), isIssuerInUse }
    await this.#parts.run('certificates', () => this.#certificates.ensure(wish))
    const credentials = await this.#certificates.named(resources)
    this.#contents = credentials.contents
    const config = this.#config(latest, credentials)
    await this.#parts.run('router', () => this.#premises.configure(this.#wish(config, credentials)))
    if (this.#options.isRehearsal !== true) {
      await this.#parts.run('token server', () => this.#tokens.serve({ resources, address: tokens, now }))
    }
    return config
  }

  #statusFacts({ resources: stored, problems }: Snapshot, resources: SiteResources, now: Date): StatusFacts {
    const { identity, namespace, version } = this.#options
    return {
      ...{ now, namespace, version, siteId: identity.id },
      place: this.#premises.view(resources).status,
      router: this.#premises.router,
      network: this.#messaging.network,
      known: ofKind(stored, 'RemoteSite'),
      isListening: !this.#messaging.hasHeardAll,
      tokenTrouble: this.#tokens.trouble,
      serverCredentials: this.#contents.get(resources.accesses[0]?.spec.tlsCredentials ?? ''),
      linkCertificates: this.#tokens.linkCertificates,
      problems: this.#toldProblems([...problems, ...(this.#options.exposures?.problems ?? [])]),
      refusals: this.#premises.refusals,
    }
  }

  async #bootWish(): Promise<RouterWish> {
    if (this.#latest === undefined) throw new Error('a router is started only once it is configured')
    const credentials = await this.#certificates.named(this.#latest.resources)
    return this.#wish(this.#config(this.#latest, credentials), credentials)
  }

  #config({ resources, synced }: Latest, { files }: NamedCredentials): DesiredConfig {
    const { identity, platform, version } = this.#options
    const { router, listenerHost, portsOf }: PremisesView = this.#premises.view(resources)
    return desiredConfig(resources, {
      capabilities: identity.engine,
      synced: this.#messaging.synced.filter(({ routingKey }) => isServicePermitted(routingKey, this.#policies)),
      syncedBefore: synced,
      listenerHost,
      ...(portsOf === undefined ? {} : { portsOf }),
      router: {
        ...router,
        siteId: identity.id,
        platform,
        version,
        credentials: files,
        revokedKeys: this.#tokens.revokedKeys,
      },
    })
  }

  #wish({ resources, synced, entities }: DesiredConfig, { contents }: NamedCredentials): RouterWish {
    const facts = { network: this.#messaging.network, router: this.#premises.router, siteId: this.identity.id }
    return { resources, synced, entities, contents, servedElsewhere: servedElsewhere(facts) }
  }

  /** The problems in words; each is logged when it is new. */
  #toldProblems(problems: readonly StoreProblem[]): string[] {
    const texts = problems.map(
      ({ file, line, message }) => `${file}${line === undefined ? '' : ` line ${String(line)}`}: ${message}`,
    )
    for (const problem of texts) {
      if (!this.#problems.includes(problem)) this.#options.log.warn({ problem }, 'a resource is not usable')
    }
    this.#problems = texts
    return [...texts, ...this.#certificates.problems]
  }

  /** A port that is free again, for instance, tells nobody. */
  #retryTroubles(): void {
    const isPending = this.#premises.refusals.size > 0 || this.#tokens.trouble?.reason === 'Pending'
    const sincePassMs = performance.now() - this.#passedAt
    if ((isPending || this.#parts.hasTrouble) && sincePassMs > RETRY_MS) this.#options.onChange()
    else if (sincePassMs > Math.min(LONGEST_LOOK_MS, this.#tokens.shortestLifeMs * LOOK_SHARE)) this.#options.onChange()
  }

  /** Telemetry tells of a link that has come up, here or from elsewhere, before the router is asked again. */
  #lookSoon(): void {
    if (this.#ticking === undefined || this.#isTickSoon) return
    const { isSettling } = this.#premises
    if (!isSettling && !this.#hearsNewcomer) return
    this.#isTickSoon = true
    this.#scheduleTick(isSettling ? SOON_MS : NEWCOMER_MS)
  }

  /** A site is heard which, by what the router last said, nobody reaches. */
  get #hearsNewcomer(): boolean {
    const { network } = this.#messaging
    const reachable = reachableSites(network, this.#premises.router)
    return network.some(({ id }) => id !== this.identity.id && !reachable.has(id))
  }

  #scheduleTick(afterMs: number): void {
    clearTimeout(this.#ticking)
    if (this.#closed) return
    this.#ticking = setTimeout(() => void this.#tick(), afterMs)
  }

  async #tick(): Promise<void> {
    const { log } = this.#options
    this.#ticking = undefined
    this.#isTickSoon = false
    this.#messaging.tick()
    const before = performance.now()
    await this.#premises.poll().catch((error: unknown) => {
      log.debug({ reason: messageOf(error) }, 'the router did not say how it fares')
    })
    this.#retryTroubles()
    await this.#parts.run('upkeep', () => this.#premises.maintain())
    const { isSettling } = this.#premises
    const dueMs = Math.min((performance.now() - before) / POLL_SHARE, isSettling ? TICK_MS : LONGEST_TICK_MS)
    this.#scheduleTick(Math.max(isSettling ? QUICK_TICK_MS : TICK_MS, dueMs))
  }
}
