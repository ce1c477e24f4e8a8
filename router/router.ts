import { setTimeout as delay } from 'node:timers/promises'
import type { SkupperError } from '../core/model/error.ts'
import { bootPlan, dataConnectionsOf, modeOf, timersOf } from './boot-plan.ts'
import type { BootPlan } from './boot-plan.ts'
import type { Entity } from './config/entities.ts'
import { managementType } from './config/entities.ts'
import { plain } from './http/http-listener.ts'
import { metricsPage } from './http/metrics.ts'
import type { RouterFigures } from './http/metrics.ts'
import { ManagementAgent } from './management/agent.ts'
import type { Attributes, EntityType } from './management/entity-type.ts'
import { addressType } from './management/entities/address.ts'
import { routerType, siteType } from './management/entities/boot-entities.ts'
import { connectionType } from './management/entities/connection.ts'
import { connectorType } from './management/entities/connector.ts'
import { listenerType } from './management/entities/listener.ts'
import { logType } from './management/entities/log.ts'
import { Reports } from './management/entities/reports.ts'
import { routerAddressType } from './management/entities/router-address.ts'
import { routerLinkType } from './management/entities/router-link.ts'
import { routerMetricsType } from './management/entities/router-metrics.ts'
import { routerNodeType } from './management/entities/router-node.ts'
import { sslProfileType } from './management/entities/ssl-profile.ts'
import { TcpServices } from './management/entities/tcp-services.ts'
import { serveManagement } from './management/server.ts'
import { Readiness, type ReadinessPart } from './readiness.ts'
import { RouterCore } from './mesh/router-core.ts'
import type { RouterLogs } from './router-logs.ts'
import { forwarderPort } from './telemetry/forwarder-port.ts'
import { FlowRecords } from './telemetry/flows.ts'
import { beaconAddress } from './telemetry/messages.ts'
import { SocketBudget } from './service/socket-budget.ts'
import { TICK_EVERY_MS, TelemetrySource } from './telemetry/source.ts'
import { SslProfiles } from './tls/ssl-profiles.ts'

export interface RouterOptions {
  /** The boot file, read. */
  readonly entities: readonly Entity[]
  /** The site that the router's telemetry names as its parent. */
  readonly siteId: string | undefined
  readonly version: string
  readonly hostName: string
  readonly logs: RouterLogs
  /** Sockets that clients and targets may take together. */
  readonly maxSockets: number
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** As Math.random. */
  readonly random: () => number
}

export interface EndOptions {
  /** How long clients are still taken. */
  readonly leaveMs: number
  /** How long connections may go on after that. */
  readonly graceMs: number
  /** Nobody new is taken from now on. */
  readonly onDraining?: () => void
}

/** A router process: the mesh, the TCP services, management, telemetry, health and metrics. */
export class Router {
  readonly #options: RouterOptions
  readonly #plan: BootPlan
  readonly #core: RouterCore
  readonly #telemetry: TelemetrySource
  readonly #flows: FlowRecords
  readonly #profiles: SslProfiles
  readonly #services: TcpServices
  readonly #reports = new Reports()
  readonly #types: ReadonlyMap<string, EntityType>
  #ticking: NodeJS.Timeout | undefined
  #collectors = 0
  readonly #readiness: Readiness
  #state: 'starting' | 'up' | 'draining' = 'starting'

  /** Makes nothing happen yet. Throws `config/…` where the boot file asks for what cannot be. */
  constructor(options: RouterOptions) {
    const { entities, logs, now, random, version } = options
    this.#options = options
    this.#plan = bootPlan(entities)
    this.#core = new RouterCore({
      ...{ now, random, version, bootedAt: Math.floor(now()), timers: timersOf(this.#plan.router) },
      routerId: this.#plan.router.id,
      mode: modeOf(this.#plan.router),
      log: logs.of('ROUTER'),
    })
    const port = forwarderPort(this.#core.forwarder)
    this.#telemetry = new TelemetrySource({ sourceType: 'ROUTER', port, now, random })
    this.#flows = new FlowRecords({ source: this.#telemetry, port, now })
    const records = { records: this.#telemetry, flows: this.#flows }
    const log = logs.of('TCP_ADAPTOR')
    this.#profiles = new SslProfiles(now)
    this.#services = new TcpServices(
      { ...records, ...{ router: this.#core.forwarder, sockets: this.#socketBudget(), log, random } },
      this.#profiles,
    )
    this.#types = new Map(this.#entityTypes().map((type) => [type.type, type]))
    this.#readiness = new Readiness({
      now,
      isInformed: () => this.#core.isInformed,
      connectors: () => this.#parts('connector', ({ connectionStatus }) => connectionStatus === 'SUCCESS'),
      tcpListeners: () => this.#parts('tcpListener', ({ operStatus }) => operStatus === 'up'),
    })
  }

  /** Resolves when everything of the boot file works. Throws what the first entity that cannot be made says. */
  async start(): Promise<void> {
    const { logs } = this.#options
    for (const { module, enable } of this.#plan.logs) logs.enable(module, enable)
    this.#serveManagement()
    this.#core.start()
    this.#openRouterRecord()
    this.#ticking = setInterval(() => {
      this.#reports.run(this.#core.connections())
      this.#announceToNewcomers()
      this.#flows.tick()
      this.#telemetry.tick()
    }, TICK_EVERY_MS)
    for (const { type, attributes } of this.#plan.entities) {
      await this.#types.get(managementType(type))?.create?.(undefined, attributes)
    }
    this.#state = 'up'
    this.#readiness.waitsFor()
  }

  /**
   * Ends in order. For `leaveMs` it serves clients as before, while others learn that it goes: whoever sends clients here
   * has that long to send them elsewhere. Then it withdraws its targets and stops listening for clients, lets the
   * connections it carries, and those of others that cross it, end by themselves within `graceMs`, and leaves the network.
   */
  async end({ leaveMs, graceMs, onDraining }: EndOptions): Promise<void> {
    this.#core.leave()
    if (leaveMs > 0) await delay(leaveMs)
    onDraining?.()
    this.#state = 'draining'
    await Promise.all([this.#services.drain(graceMs), this.#core.drain(graceMs)])
    this.#end()
    await this.#removeEntities()
    await this.#core.close()
  }

  /** Cuts everything off at once. */
  destroy(reason: SkupperError): void {
    this.#services.destroy(reason)
    this.#end()
    this.#core.destroy(reason)
  }

  #socketBudget(): SocketBudget {
    const sockets = new SocketBudget(this.#options.maxSockets)
    const log = this.#options.logs.of('TCP_ADAPTOR')
    sockets.watch((spent) => {
      if (spent) log.warn({ sockets: sockets.max }, 'out of file descriptors: no more clients are taken')
      else log.info({}, 'there are file descriptors again: clients are taken')
    })
    return sockets
  }

  #end(): void {
    clearInterval(this.#ticking)
    this.#flows.close()
    this.#telemetry.close()
  }

  async #removeEntities(): Promise<void> {
    for (const type of [...this.#types.values()].reverse()) {
      for (const entity of type.list()) await type.delete?.(entity)
    }
  }

  /** Collectors at routers that have just come into reach are told of this one at once. */
  #announceToNewcomers(): void {
    const collectors = this.#core.control.holders(`M${beaconAddress}`).length
    if (collectors > this.#collectors) this.#telemetry.announce()
    this.#collectors = collectors
  }

  #serveManagement(): void {
    const log = this.#options.logs.of('AGENT')
    const routerIds = (): string[] =>
      this.#core.nodes().flatMap(({ routerId, self, cost }) => (self || cost !== undefined ? [routerId] : []))
    const agent = new ManagementAgent({ types: [...this.#types.values()], routerIds, log })
    serveManagement(this.#core.forwarder, agent, log)
  }

  #openRouterRecord(): void {
    const { siteId, version, hostName } = this.#options
    const { id, mode } = this.#plan.router
    this.#telemetry.openAs('ROUTER', this.#telemetry.id, {
      ...{ name: `0/${id}`, mode, buildVersion: version, hostname: hostName },
      ...(siteId === undefined ? {} : { parent: siteId }),
    })
  }

  #entityTypes(): EntityType[] {
    const { now, version, hostName, logs } = this.#options
    const mesh = this.#core
    const profiles = this.#profiles
    const log = logs.of('SERVER')
    const parts = {
      mesh,
      profiles,
      telemetry: this.#telemetry,
      reports: this.#reports,
      now,
      log,
      mode: modeOf(this.#plan.router),
    }
    const { id } = this.#plan.router
    const bootedAt = now()
    const uptimeSeconds = (): number => Math.floor((now() - bootedAt) / 1000)
    const residentBytes = (): number => process.memoryUsage.rss()
    const validOrigins = (id: string): ReadonlySet<string> => mesh.control.validOrigins(id)
    return [
      routerType(this.#plan.router, { version, hostName }),
      siteType(this.#plan.site),
      logType(logs),
      sslProfileType({ profiles, log, mayBeMissing: (name) => this.#mayBeMissing(name) }),
      addressType(mesh.forwarder.treatments),
      listenerType({ ...parts, ...this.#pages() }),
      connectorType({ ...parts, dataConnections: dataConnectionsOf(this.#plan.router) }),
      ...this.#services.types,
      connectionType(mesh, now),
      routerNodeType({ nodes: () => mesh.nodes(), validOrigins }),
      routerLinkType(mesh),
      routerAddressType(mesh),
      routerMetricsType({ id, version, figures: () => this.#figures(), uptimeSeconds, residentBytes }),
    ]
  }

  /** Without its local listener nobody could bring a profile; with it the router is worth more than not there. */
  #mayBeMissing(profile: string): boolean {
    return this.#state === 'starting' && !this.#plan.localProfiles.has(profile)
  }

  #figures(): RouterFigures {
    return {
      connections: this.#core.connections().length,
      links: this.#core.links().length,
      addresses: this.#core.addresses().length,
      routers: this.#core.nodes().filter(({ self, cost }) => !self && cost !== undefined).length,
      services: this.#services.figures,
      deliveries: { ...this.#core.forwarder.stats, ...this.#core.forwarder.totals },
    }
  }

  #parts(type: string, isUp: (attributes: Attributes) => boolean): ReadinessPart[] {
    const entities = this.#types.get(type)?.list() ?? []
    return entities.map((entity) => ({ name: entity.name, isUp: isUp(entity) }))
  }

  #pages() {
    const metrics = metricsPage(() => this.#figures())
    const health = () => (this.#state === 'up' ? plain(200, 'OK') : plain(503, this.#state))
    const ready = () => {
      const why = this.#state === 'up' ? this.#readiness.waitsFor() : this.#state
      return why === undefined ? plain(200, 'OK') : plain(503, why)
    }
    const healthz = new Map([
      ['/healthz', health],
      ['/readyz', ready],
    ])
    return { healthz, metrics: new Map([['/metrics', metrics]]) }
  }
}
