import type { AccessToken } from '../../core/model/access-token.ts'
import { messageOf } from '../../core/model/error.ts'
import type { Listener } from '../../core/model/listener.ts'
import { settingOf } from '../../core/model/settings.ts'
import type { Snapshot, StoreProblem } from '../../core/model/site-store.ts'
import { makeDirectory } from '../../core/store/atomic-file.ts'
import type { Store } from '../../core/store/store.ts'
import type { ClientOptions } from '../../router/amqp/client.ts'
import type { EntityConfig } from '../../router/config/entities.ts'
import { boundLog } from '../machine/bounded-log.ts'
import {
  desiredConfig,
  desiredResources,
  withDefaultAccess,
  type DesiredConfig,
  type SiteResources,
  type StatusFacts,
} from './desired.ts'
import { GuardedParts } from './guarded-parts.ts'
import type { Log } from '../log.ts'
import { NO_ROUTER } from '../router/router-state.ts'
import { RouterDriver } from '../router/router-driver.ts'
import { SiteCertificates } from '../credentials/site-certificates.ts'
import { LOCAL_CLIENT } from '../credentials/site-credentials.ts'
import { routerIdOf, type SiteIdentity } from './site-identity.ts'
import { SiteMessaging } from '../network/site-messaging.ts'
import { dialHost, outsideAddresses, SitePlace } from '../machine/site-place.ts'
import type { SitePorts } from '../machine/site-ports.ts'
import { ofKind, siteResourcesOf } from './site-resources.ts'
import { SiteTokens } from '../tokens/site-tokens.ts'
import { isSynced } from '../services/synced-listeners.ts'
import { certificateWish, placeWish } from './site-wishes.ts'
import { writeResources } from './write-resources.ts'

/** Where things are and what they are given: all of it from `main`. */
export interface SiteRunOptions {
  readonly identity: SiteIdentity
  readonly store: Store
  readonly namespace: string
  readonly platform: string
  readonly version: string
  /** Files in which the other sites of this machine keep their ports. */
  readonly otherPortsFiles: () => Promise<readonly string[]>
  /** Program and arguments of a router of that engine. */
  readonly routerCommand: (engine: string, configFile: string) => readonly [program: string, ...args: string[]]
  readonly environment: NodeJS.ProcessEnv
  readonly clock: Clock
  readonly random: () => number
  readonly log: Log
  /** Something changed: `reconcile` should be called. */
  readonly onChange: () => void
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
  readonly ports: SitePorts
}

const CONNECT_DEADLINE_MS = 5_000
const TICK_MS = 1_000
/** While a change shows no effect yet. */
const QUICK_TICK_MS = 200
const LOG_CHECK_MS = 60_000
/** What failed or was refused is tried again this often. */
const RETRY_MS = 5_000
/** Certificates that end soon are looked at when this part of their life has passed. */
const LOOK_SHARE = 1 / 10
/** Asking the router how it fares takes at most this part of the time. */
const POLL_SHARE = 1 / 20
const NO_PORTS: SitePorts = { management: 0, health: 0, tokens: 0 }

/** Everything that runs for one site: its router, its token server, and what is exchanged with other sites. */
export class SiteRun {
  readonly #options: SiteRunOptions
  readonly #place: SitePlace
  readonly #certificates: SiteCertificates
  readonly #messaging: SiteMessaging
  readonly #tokens: SiteTokens
  readonly #driver: RouterDriver
  readonly #parts: GuardedParts
  #latest: Latest | undefined
  #problems: readonly string[] = []
  #passedAt = -Infinity
  #logsCheckedAt = performance.now()
  #ticking: NodeJS.Timeout | undefined
  #closed = false

  constructor(options: SiteRunOptions) {
    const { identity, store, otherPortsFiles, log, clock, random, onChange } = options
    this.#options = options
    this.#parts = new GuardedParts(log)
    this.#place = new SitePlace({ portsFile: store.path('internal', 'ports.json'), otherPortsFiles })
    const ordinalsFile = store.path('internal', 'credential-ordinals.json')
    this.#certificates = new SiteCertificates({ store, ordinalsFile, log })
    this.#messaging = new SiteMessaging({
      ...{ siteId: identity.id, siteName: identity.name, log, random, onChange, now: clock.steady },
      ...{ namespace: options.namespace, platform: options.platform, version: options.version },
    })
    this.#tokens = new SiteTokens({
      ...{ siteId: identity.id, store, log, random, onChange, now: clock.wall },
      choosePort: async () => {
        await this.#place.recheck(['tokens'])
        onChange()
      },
    })
    this.#driver = this.#newDriver()
  }

  get identity(): SiteIdentity {
    return this.#options.identity
  }

  /** Takes up what an earlier run left. */
  async start(): Promise<void> {
    const { store } = this.#options
    await makeDirectory(store.path('internal'))
    await makeDirectory(store.path('runtime', 'router'))
    this.#messaging.restore(await store.list('Listener'))
    this.#scheduleTick(TICK_MS)
  }

  /** One pass: what there is and what should be → what is done about it. A part that fails does not stop the others. */
  async reconcile(): Promise<void> {
    const { store, clock, identity, log } = this.#options
    this.#passedAt = performance.now()
    const now = new Date(clock.wall())
    const { snapshot, tokens } = await this.#redeem(now)
    const read = siteResourcesOf(snapshot.resources)
    if (read?.site.metadata.uid !== identity.id) return
    const resources = withDefaultAccess(read)
    const synced = ofKind(snapshot.resources, 'Listener').filter(isSynced)
    const config = await this.#configure(resources, synced, now)
    const statuses = desiredResources(config, this.#statusFacts(snapshot, now))
    await writeResources([...statuses, ...tokens], { store, stored: snapshot.resources, log })
    const wish = certificateWish(resources, now)
    await this.#parts.run('old certificates', () => this.#certificates.removeUnnamed(wish, snapshot.resources))
  }

  /** Ends everything; the router drains for at most `graceMs`. May be called twice. */
  async close(graceMs: number): Promise<void> {
    this.#closed = true
    clearTimeout(this.#ticking)
    await this.#tokens.close()
    await this.#driver.close(graceMs)
  }

  /** Goes on with tokens; what there is then, and the tokens with their statuses. */
  async #redeem(now: Date): Promise<{ snapshot: Snapshot; tokens: AccessToken[] }> {
    const { store } = this.#options
    const before = await store.snapshot()
    const redeemed = await this.#parts.run('tokens', () => this.#tokens.redeem(before.resources, now))
    const snapshot = redeemed?.isChanged === false ? before : await store.snapshot()
    return { snapshot, tokens: redeemed?.tokens ?? [] }
  }

  /** Brings ports, certificates, router and token server to what the resources ask for. */
  async #configure(resources: SiteResources, synced: readonly Listener[], now: Date): Promise<DesiredConfig> {
    const settled = await this.#parts.run('ports', () => this.#place.settle(placeWish(resources)))
    const ports = settled ?? NO_PORTS
    this.#latest = { resources, synced, ports }
    this.#messaging.configure(resources)
    await this.#parts.run('certificates', () => this.#certificates.ensure(certificateWish(resources, now)))
    const config = await this.#config(this.#latest)
    if (settled !== undefined) await this.#parts.run('router', () => this.#driver.configure(config.entities))
    await this.#parts.run('token server', () => this.#tokens.serve({ resources, port: ports.tokens, now }))
    return config
  }

  #statusFacts({ resources, problems }: Snapshot, now: Date): StatusFacts {
    const { identity, namespace, version } = this.#options
    const placeTrouble = this.#parts.troubleOf('ports')
    return {
      ...{ now, namespace, version, siteId: identity.id },
      outsideHost: outsideAddresses()[0] ?? '127.0.0.1',
      router: placeTrouble === undefined ? this.#driver.state : { ...NO_ROUTER, trouble: placeTrouble },
      network: this.#messaging.network,
      known: ofKind(resources, 'RemoteSite'),
      isListening: !this.#messaging.hasHeardAll,
      tokenTrouble: this.#tokens.trouble,
      linkCertificates: this.#tokens.linkCertificates,
      problems: this.#toldProblems(problems),
      refusals: this.#driver.refusals,
    }
  }

  #newDriver(): RouterDriver {
    const { identity, store, routerCommand, environment, log, random, onChange } = this.#options
    const configFile = store.path('runtime', 'router', 'skrouterd.json')
    return new RouterDriver({
      process: {
        command: routerCommand(identity.engine.engine, configFile),
        configFile,
        pidFile: store.path('internal', 'router.pid'),
        logFile: store.path('internal', 'router.log'),
        environment: { ...environment, SKUPPER_SITE_ID: identity.id },
        random,
      },
      capabilities: identity.engine,
      prepare: () => this.#bootConfig(),
      target: () => this.#routerTarget(),
      onSession: ({ messages }) => this.#messaging.connected(messages),
      onSessionEnd: () => {
        this.#messaging.disconnected()
      },
      onNewcomer: () => {
        this.#messaging.onNewcomer()
      },
      onChange,
      log,
    })
  }

  /** While no router runs, its ports may have been taken by somebody else. */
  async #bootConfig(): Promise<readonly EntityConfig[]> {
    if (this.#latest === undefined) throw new Error('a router is started only once it is configured')
    this.#latest = { ...this.#latest, ports: await this.#place.recheck(['management', 'health']) }
    return (await this.#config(this.#latest)).entities
  }

  async #config({ resources, ports, synced }: Latest): Promise<DesiredConfig> {
    const { identity, platform, version } = this.#options
    const listenHost = settingOf(resources.site, 'listen-host')
    return desiredConfig(resources, {
      capabilities: identity.engine,
      synced: this.#messaging.synced,
      syncedBefore: synced,
      router: {
        ...{ routerId: routerIdOf(identity), siteId: identity.id, platform, version, listenHost },
        credentials: await this.#certificates.files(resources),
        management: { host: listenHost, port: ports.management },
        health: { host: listenHost, port: ports.health },
      },
    })
  }

  async #routerTarget(): Promise<ClientOptions> {
    const { store, identity } = this.#options
    if (this.#latest === undefined) throw new Error('a router is dialled only once it is configured')
    const { resources, ports } = this.#latest
    const client = await store.credentials(LOCAL_CLIENT)
    return {
      host: dialHost(settingOf(resources.site, 'listen-host')),
      port: ports.management,
      tls: client && { ca: client.ca, cert: client.certificate, key: client.key },
      containerId: `skupper-controller-${identity.id}`,
      deadlineMs: CONNECT_DEADLINE_MS,
    }
  }

  /** The problems in words; each is logged when it is new. */
  #toldProblems(problems: readonly StoreProblem[]): string[] {
    const texts = problems.map(
      ({ file, line, message }) => `${file}${line === undefined ? '' : ` line ${String(line)}`}: ${message}`,
    )
    for (const problem of texts) {
      if (!this.#problems.includes(problem)) this.#options.log.warn({ problem }, 'a file is not usable')
    }
    this.#problems = texts
    return [...texts, ...this.#certificates.problems]
  }

  /** A port that is free again, for instance, tells nobody. */
  #retryTroubles(): void {
    const isPending = this.#driver.refusals.size > 0 || this.#tokens.trouble?.reason === 'Pending'
    const sincePassMs = performance.now() - this.#passedAt
    if ((isPending || this.#parts.hasTrouble) && sincePassMs > RETRY_MS) this.#options.onChange()
    else if (sincePassMs > this.#tokens.shortestLifeMs * LOOK_SHARE) this.#options.onChange()
  }

  async #boundLogs(): Promise<void> {
    if (performance.now() - this.#logsCheckedAt < LOG_CHECK_MS) return
    this.#logsCheckedAt = performance.now()
    for (const name of ['router.log', 'supervisor.log']) {
      await this.#parts.run(`bounding ${name}`, () => boundLog(this.#options.store.path('internal', name)))
    }
  }

  #scheduleTick(afterMs: number): void {
    if (this.#closed) return
    this.#ticking = setTimeout(() => void this.#tick(), afterMs)
  }

  async #tick(): Promise<void> {
    const { log } = this.#options
    this.#messaging.tick()
    const before = performance.now()
    await this.#driver.poll().catch((error: unknown) => {
      log.debug({ reason: messageOf(error) }, 'the router did not say how it fares')
    })
    this.#retryTroubles()
    await this.#boundLogs()
    const pauseMs = this.#driver.isSettling ? QUICK_TICK_MS : TICK_MS
    this.#scheduleTick(Math.max(pauseMs, (performance.now() - before) / POLL_SHARE))
  }
}
