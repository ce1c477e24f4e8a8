import { existsSync } from 'node:fs'
import { SkupperError } from '../../core/model/error.ts'
import { settingOf } from '../../core/model/settings.ts'
import { openStore, type Store } from '../../core/store/store.ts'
import { findSite } from '../site.ts'
import { changedSite, checkHost, newSite } from './machine-setup.ts'
import type { Platform } from './platform.ts'
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
export function machinePlatform(options: MachineOptions): Platform {
  const { namespace, dataHome } = options
  const store = openStore({ dir: dataHome, namespace })
  const supervisor = supervisorOptions(options, store)
  const unit = unitOptions(options, supervisor)
  return {
    name: 'linux',
    namespace,
    resources: store,
    targetTypes: ['host'],
    async setUp(flags) {
      const site = await findSite(this)
      const access = await store.get('RouterAccess', 'skupper-router')
      const setup = site === undefined ? await newSite(namespace, flags) : await changedSite(flags, site, access)
      for (const resource of setup.resources) await store.apply(resource)
      return setup
    },
    async start() {
      if (options.systemd && hasSystemd()) {
        await installUnit(unit)
        return `It runs as the systemd unit ${unit.name}.service.`
      }
      await startSupervisor(supervisor)
      return 'It runs in the background, until "skupper delete" or the next boot: systemd is not used here.'
    },
    // The supervisor reports through the site's status alone.
    obstacle: () => Promise.resolve(undefined),
    async target({ type, name }) {
      await checkHost(name)
      return { type, name, exit: { host: name }, ports: [] }
    },
    listenerHost: (site) => settingOf(site, 'listen-host'),
    async versions() {
      const [site] = await store.list('Site')
      const running = site?.status?.controller?.version ?? 'not-found'
      return { controller: running, router: running }
    },
    async update(force) {
      const [site] = await store.list('Site')
      if (!force && site?.status?.controller?.version === options.version) return false
      if (options.systemd && hasSystemd()) await removeUnit(unit)
      await stopSupervisor(supervisor)
      await this.start()
      return true
    },
    revokeAccess() {
      const reason = 'on a machine, "skupper delete" and "skupper init" make a new site that nobody has access to'
      return Promise.reject(new SkupperError('access/unsupported', `revoke-access is for Kubernetes: ${reason}`))
    },
    async remove(update) {
      update('Waiting for the router to end')
      await removeUnit(unit)
      await stopSupervisor(supervisor)
      await store.destroy()
    },
    async dump() {
      // Only here, since it brings the AMQP engine with it: every other command starts sooner without.
      const { machineDump } = await import('./machine-dump.ts')
      return machineDump(store)
    },
    async problems() {
      if (!existsSync(store.path())) return []
      const problems = await store.problems()
      return problems.map(
        ({ file, line, message }) => `${file}${line === undefined ? '' : `:${String(line)}`}: ${message}`,
      )
    },
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
