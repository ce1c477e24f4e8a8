import { existsSync } from 'node:fs'
import { openStore, type Store } from '../../core/store/store.ts'
import type { Platform } from './platform.ts'
import { startSupervisor, stopSupervisor, type SupervisorOptions } from './supervisor.ts'
import { hasSystemd, installUnit, removeUnit, type UnitOptions } from './systemd.ts'

export interface MachineOptions {
  namespace: string
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
    async start() {
      if (options.systemd && hasSystemd()) {
        await installUnit(unit)
        return `It runs as the systemd unit ${unit.name}.service.`
      }
      await startSupervisor(supervisor)
      return 'It runs in the background, until "skupper delete" or the next boot: systemd is not used here.'
    },
    async remove() {
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
