import { readdir, readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { settingOf } from '../../core/model/settings.ts'
import { makeDirectory, writeFileAtomic } from '../../core/store/atomic-file.ts'
import { optional } from '../../core/store/file-error.ts'
import type { Store } from '../../core/store/store.ts'
import type { ClientOptions } from '../../router/amqp/client.ts'
import type { EntityConfig } from '../../router/config/entities.ts'
import { LOCAL_CLIENT } from '../credentials/site-credentials.ts'
import type { Log } from '../log.ts'
import { keyFile } from '../redemption/identity-key.ts'
import { RouterDriver } from '../router/router-driver.ts'
import { NO_ROUTER, type RouterState } from '../router/router-state.ts'
import type { SiteResources } from '../site/site-resources.ts'
import type { CredentialPlace, Premises, PremisesEvents, PremisesView, RouterWish } from '../site/premises.ts'
import { routerIdOf, type SiteIdentity } from '../site/site-identity.ts'
import { boundLog } from './bounded-log.ts'
import { accessHosts, advertisedHost, dialled, machineEndpoints } from './machine-access.ts'
import { placeWish } from './place-wish.ts'
import { dialHost, outsideAddresses, SitePlace } from './site-place.ts'
import type { SitePorts } from './site-ports.ts'

const CONNECT_DEADLINE_MS = 5_000
const LOG_CHECK_MS = 60_000
const WILDCARD = '0.0.0.0'
const CONTROLLER_NAME = 'skupper-controller'
/** On a machine there is one way in: the router's own listener. */
const LINK_ACCESS = ['default', 'none']

export interface MachineOptions {
  readonly store: Store
  /** Files in which the other sites of this machine keep their ports. */
  readonly otherPortsFiles: () => Promise<readonly string[]>
  /** Program and arguments of the site's router. */
  readonly routerCommand: (
    site: Pick<SiteIdentity, 'routerBinary'>,
    configFile: string,
  ) => readonly [program: string, ...args: string[]]
  readonly environment: NodeJS.ProcessEnv
  readonly random: () => number
  readonly log: Log
}

/** A site on this machine: one router as a process, ports of its own, everything it keeps in files. */
export class MachinePremises implements Premises {
  readonly credentials: CredentialPlace
  readonly passesTokens = false
  readonly #options: MachineOptions
  readonly #identity: SiteIdentity
  readonly #place: SitePlace
  readonly #driver: RouterDriver
  #resources: SiteResources | undefined
  /** Where the running router listens for tools. It does not follow a change: the router would have to restart. */
  #localHost: string | undefined
  #ports: SitePorts | undefined
  #trouble: string | undefined
  #logsCheckedAt = performance.now()

  constructor(options: MachineOptions, identity: SiteIdentity, events: PremisesEvents) {
    const { store, otherPortsFiles } = options
    this.#options = options
    this.#identity = identity
    this.#place = new SitePlace({ portsFile: store.path('internal', 'ports.json'), otherPortsFiles })
    this.#driver = this.#newDriver(events)
    this.credentials = credentialFilesOf(store)
  }

  /** What a router that does not run because of its place is told to suffer from comes first. */
  get router(): RouterState {
    return this.#trouble === undefined ? this.#driver.state : { ...NO_ROUTER, trouble: this.#trouble }
  }

  get refusals(): ReadonlyMap<string, string> {
    return this.#driver.refusals
  }

  get isSettling(): boolean {
    return this.#driver.isSettling
  }

  async start(): Promise<void> {
    const { store } = this.#options
    await makeDirectory(store.path('internal'))
    await makeDirectory(store.path('runtime', 'router'))
  }

  async settle(resources: SiteResources): Promise<void> {
    this.#resources = resources
    this.#localHost ??= settingOf(resources.site, 'listen-host')
    try {
      this.#ports = await this.#place.settle(placeWish(resources, this.#localHost))
      this.#trouble = undefined
    } catch (error) {
      this.#ports = undefined
      // Where it cannot listen no router runs, and the next address is as good.
      if (!this.#driver.state.isRunning) this.#localHost = undefined
      this.#trouble = error instanceof Error ? error.message : String(error)
      throw error
    }
  }

  async configure({ entities }: RouterWish): Promise<void> {
    if (this.#ports !== undefined) await this.#driver.configure(entities)
  }

  poll(): Promise<void> {
    return this.#driver.poll()
  }

  /** Has another port chosen for tokens. */
  async rechooseTokenPort(): Promise<void> {
    this.#ports = await this.#place.recheck(['tokens'])
  }

  async maintain(): Promise<void> {
    if (performance.now() - this.#logsCheckedAt < LOG_CHECK_MS) return
    this.#logsCheckedAt = performance.now()
    for (const name of ['router.log', 'supervisor.log']) await boundLog(this.#options.store.path('internal', name))
  }

  close(graceMs: number): Promise<void> {
    return this.#driver.close(graceMs)
  }

  view({ site, accesses }: SiteResources): PremisesView {
    const listenHost = settingOf(site, 'listen-host')
    const host = this.#localHost ?? listenHost
    const { management = 0, health = 0, tokens = 0 } = this.#ports ?? {}
    const outside = outsideAddresses()
    const names = { site, machineHosts: [...outside, hostname()] }
    const [access] = accesses
    const advertised = { site, machineHosts: outside }
    return {
      router: {
        routerId: routerIdOf(this.#identity),
        listenHost,
        management: { host, port: management },
        health: { host, port: health },
      },
      hosts: { local: dialled([...new Set([host, listenHost])]), outside: (each) => accessHosts(each, names) },
      tokens:
        access === undefined || tokens === 0
          ? undefined
          : {
              host: access.spec.bindHost ?? WILDCARD,
              port: tokens,
              advertised: { host: advertisedHost(access, advertised), port: tokens },
            },
      status: {
        controllerName: CONTROLLER_NAME,
        linkAccess: LINK_ACCESS,
        reach: (each) => ({ endpoints: machineEndpoints(each, advertised) }),
        pods: new Map(),
        notes: [],
      },
      listenerHost: () => listenHost,
    }
  }

  #newDriver({ config, ...events }: PremisesEvents): RouterDriver {
    const { store, routerCommand, environment, log, random } = this.#options
    const { engine, id } = this.#identity
    const configFile = store.path('runtime', 'router', 'skrouterd.json')
    return new RouterDriver({
      process: {
        command: routerCommand(this.#identity, configFile),
        configFile,
        pidFile: store.path('internal', 'router.pid'),
        logFile: store.path('internal', 'router.log'),
        environment: { ...environment, SKUPPER_SITE_ID: id },
        random,
      },
      capabilities: engine,
      prepare: async () => this.#bootConfig(config),
      target: () => this.#target(),
      ...events,
      log,
    })
  }

  /** While no router runs, its ports may have been taken by somebody else, and it may listen elsewhere. */
  async #bootConfig(config: PremisesEvents['config']): Promise<readonly EntityConfig[]> {
    if (this.#resources !== undefined) {
      this.#localHost = undefined
      await this.settle(this.#resources)
    }
    this.#ports = await this.#place.recheck(['management', 'health'])
    return (await config()).entities
  }

  async #target(): Promise<ClientOptions> {
    if (this.#localHost === undefined) throw new Error('a router is dialled only once it is configured')
    const client = await this.#options.store.credentials(LOCAL_CLIENT)
    return {
      host: dialHost(this.#localHost),
      port: this.#ports?.management ?? 0,
      tls: client && { ca: client.ca, cert: client.certificate, key: client.key },
      containerId: `skupper-controller-${this.#identity.id}`,
      deadlineMs: CONNECT_DEADLINE_MS,
    }
  }
}

function credentialFilesOf(store: Store): CredentialPlace {
  const ordinalsFile = store.path('internal', 'credential-ordinals.json')
  return {
    files: (name) => store.credentialFiles(name),
    ordinals: {
      read: async () => (await optional(readFile(ordinalsFile, 'utf8'))) ?? '',
      write: (text) => writeFileAtomic(ordinalsFile, text),
    },
    identityKey: keyFile(store.path('internal', 'identity.key')),
    kept: async () => {
      const names = (await optional(readdir(store.path('runtime', 'certs')))) ?? []
      return names.filter((name) => !name.startsWith('.'))
    },
  }
}
