import { existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { Connector } from '../../core/model/connector.ts'
import type { AnyListener } from '../../core/model/multi-key-listener.ts'
import type { Resource } from '../../core/model/resource.ts'
import { settingOf } from '../../core/model/settings.ts'
import type { Site } from '../../core/model/site.ts'
import { lockOwner } from '../../core/store/lock.ts'
import { openStore, type Store } from '../../core/store/store.ts'
import type { Finding } from '../check/finding.ts'
import type { SiteFlags } from '../site-flags.ts'
import { findSite } from '../site.ts'
import type { Target, TargetName } from '../target.ts'
import { checkPort } from './check-port.ts'
import { requireOwnAuthority, revokeMachineAccess } from './machine-access.ts'
import { movedListeners } from './moved-listeners.ts'
import { changedSite, checkHost, newSite } from './machine-setup.ts'
import type { DumpFile, Platform, RunningVersions, Setup } from './platform.ts'
import type { SetupPlan } from './setup-plan.ts'
import { startSupervisor, stopSupervisor, type SupervisorOptions } from './supervisor.ts'
import { hasSystemd, installUnit, removeUnit, type UnitOptions } from './systemd.ts'

export interface MachineOptions {
  namespace: string
  /** That of this release. */
  version: string
  /** The directory that `namespaces/NAME` lies in. */
  dataHome: string
  /** Paths of the programs that a site runs. */
  programs: { controller: string; router: string }
  /** False keeps systemd out, also where it runs. */
  systemd: boolean
  /** The user's own configuration directory, for systemd's user units. */
  configHome: string
}

/** A site on this machine: resources in a directory, and one supervisor that runs the site's router. */
export class MachinePlatform implements Platform {
  readonly name = 'linux'
  readonly namespace: string
  readonly resources: Store
  readonly targetTypes = ['host']
  readonly #options: MachineOptions
  readonly #supervisor: SupervisorOptions
  readonly #unit: UnitOptions

  constructor(options: MachineOptions) {
    const { namespace, dataHome } = options
    this.namespace = namespace
    this.resources = openStore({ dir: dataHome, namespace })
    this.#options = options
    this.#supervisor = supervisorOptions(options, this.resources)
    this.#unit = unitOptions(options, this.#supervisor)
  }

  async setUp(flags: SiteFlags): Promise<Setup> {
    const { resources, ...setup } = await this.#wishOf(flags)
    for (const resource of resources) await this.resources.apply(resource)
    return setup
  }

  async plan(flags: SiteFlags): Promise<SetupPlan> {
    const { resources, ...setup } = await this.#wishOf(flags)
    const objects = resources.map(async (object) => {
      const isThere = (await this.resources.get(object.kind, object.metadata.name)) !== undefined
      return { action: isThere ? ('change' as const) : ('create' as const), object }
    })
    return { ...setup, objects: await Promise.all(objects) }
  }

  /** What the flags ask for, and the resources that it comes to. */
  async #wishOf(flags: SiteFlags): Promise<Setup & { resources: readonly Resource[] }> {
    const store = this.resources
    const site = await findSite(this)
    if (site === undefined) return newSite(this.namespace, flags)
    const setup = await changedSite(flags, site, await store.get('RouterAccess', 'skupper-router'))
    const next = setup.resources.find((resource) => resource.kind === 'Site') ?? site
    const moved = movedListeners(await store.list('Listener'), site, next)
    const resources = [...setup.resources, ...moved.listeners]
    return { ...setup, resources, changes: [...setup.changes, ...moved.changes] }
  }

  async start(): Promise<string> {
    if (this.#options.systemd && hasSystemd()) {
      await installUnit(this.#unit)
      return `It runs as the systemd unit ${this.#unit.name}.service.`
    }
    await startSupervisor(this.#supervisor)
    return 'It runs in the background, until "skupper delete" or the next boot: systemd is not used here.'
  }

  /** The supervisor reports through the site's status alone. */
  obstacle(): Promise<undefined> {
    return Promise.resolve(undefined)
  }

  async target({ type, name }: TargetName): Promise<Target> {
    await checkHost(name)
    return { type, name, exit: { host: name }, ports: [] }
  }

  listenerHost(site: Site): string {
    return settingOf(site, 'listen-host')
  }

  async versions(): Promise<RunningVersions> {
    const site = await findSite(this)
    const running = site?.status?.controller?.version ?? 'not-found'
    return { controller: running, router: running }
  }

  async update(force: boolean): Promise<boolean> {
    const site = await findSite(this)
    if (!force && site?.status?.controller?.version === this.#options.version) return false
    await this.#stop()
    await this.start()
    return true
  }

  /** A certificate is looked at when a connection begins: with the router all connections end. */
  async revokeAccess(): Promise<string[]> {
    await requireOwnAuthority(this.resources)
    await this.#stop()
    const done = await revokeMachineAccess(this.resources)
    await this.start()
    return done
  }

  async remove(update: (text: string) => void): Promise<void> {
    update('Waiting for the router to end')
    await this.#stop()
    await this.resources.destroy()
  }

  checkEntry({ spec }: AnyListener): Promise<Finding> {
    return checkPort('entry', spec.host, spec.port)
  }

  checkTarget({ spec }: Connector): Promise<Finding> {
    return checkPort('target', spec.host ?? '', spec.port)
  }

  async dump(): Promise<DumpFile[]> {
    // Only here, since it brings the AMQP engine with it: every other command starts sooner without.
    const { machineDump } = await import('./machine-dump.ts')
    return machineDump(this.resources)
  }

  /** The supervisor writes to its log as long as it runs, save under systemd, which keeps that for itself. */
  async silentSince(): Promise<string | undefined> {
    const { lockFile, logFile } = this.#supervisor
    const site = await findSite(this)
    if (site?.status === undefined || (await lockOwner(lockFile)) !== undefined) return undefined
    const files = [logFile, this.resources.path('runtime')].map((file) => stat(file).catch(() => undefined))
    const times = (await Promise.all(files)).map((found) => found?.mtimeMs ?? 0)
    return new Date(Math.max(...times)).toISOString()
  }

  async problems(): Promise<string[]> {
    if (!existsSync(this.resources.path())) return []
    const problems = await this.resources.problems()
    return problems.map(
      ({ file, line, message }) => `${file}${line === undefined ? '' : `:${String(line)}`}: ${message}`,
    )
  }

  async #stop(): Promise<void> {
    await removeUnit(this.#unit)
    await stopSupervisor(this.#supervisor)
  }
}

function supervisorOptions({ namespace, dataHome, programs }: MachineOptions, store: Store): SupervisorOptions {
  const flags = ['--platform', 'linux', '--namespace', namespace, '--data-home', dataHome]
  return {
    command: [process.execPath, programs.controller, ...flags, '--router-program', programs.router],
    lockFile: store.path('internal', 'supervisor.lock'),
    logFile: store.path('internal', 'supervisor.log'),
  }
}

function unitOptions({ namespace, configHome }: MachineOptions, { command }: SupervisorOptions): UnitOptions {
  return {
    name: `skupper-${namespace}`,
    description: `Skupper site of namespace ${namespace}`,
    command,
    configHome,
    isRoot: process.getuid?.() === 0,
  }
}
