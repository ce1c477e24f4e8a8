import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { SkupperError } from '../../core/model/error.ts'

const COMMAND_DEADLINE_MS = 60_000
/** A router drains within its own grace period; systemd waits a little longer before it kills. */
const STOP_SECONDS = 70

const run = promisify(execFile)

/** Whether this machine is run by systemd. */
export const hasSystemd = (): boolean => existsSync('/run/systemd/system')

export interface UnitOptions {
  /** Name of the unit, without `.service`. */
  name: string
  description: string
  /** Program and arguments. */
  command: readonly string[]
  /** A user's own units lie under here; root's under /etc/systemd/system. */
  configHome: string
  isRoot: boolean
}

/** Installs the unit, enables it for the next boot, and starts it. Throws `systemd/failed`. */
export async function installUnit(options: UnitOptions): Promise<void> {
  await mkdir(unitFolder(options), { recursive: true })
  await writeFile(unitFile(options), unitText(options))
  await systemctl(options, ['daemon-reload'])
  await systemctl(options, ['enable', '--now', `${options.name}.service`])
}

/** Stops and removes the unit; nothing happens where there is none. */
export async function removeUnit(options: UnitOptions): Promise<void> {
  if (!existsSync(unitFile(options))) return
  await systemctl(options, ['disable', '--now', `${options.name}.service`])
  await rm(unitFile(options), { force: true })
  await systemctl(options, ['daemon-reload'])
}

// KillMode: the supervisor drains its router itself; a signal to both would cut the draining short.
export function unitText({ description, command, isRoot }: UnitOptions): string {
  return `[Unit]
Description=${description}
After=network-online.target
Wants=network-online.target

[Service]
ExecStart=${command.map(quoted).join(' ')}
Restart=always
RestartSec=1
KillMode=mixed
TimeoutStopSec=${String(STOP_SECONDS)}

[Install]
WantedBy=${isRoot ? 'multi-user.target' : 'default.target'}
`
}

/** Quotes for systemd, which also reads `%` and `$` in a command line. */
function quoted(word: string): string {
  return `"${word
    .replaceAll(/["\\]/g, String.raw`\$&`)
    .replaceAll('%', '%%')
    .replaceAll('$', '$$$$')}"`
}

const unitFolder = ({ isRoot, configHome }: UnitOptions): string =>
  isRoot ? '/etc/systemd/system' : join(configHome, 'systemd/user')

const unitFile = (options: UnitOptions): string => join(unitFolder(options), `${options.name}.service`)

async function systemctl({ isRoot }: UnitOptions, words: readonly string[]): Promise<void> {
  const all = [...(isRoot ? [] : ['--user']), ...words]
  try {
    await run('systemctl', all, { timeout: COMMAND_DEADLINE_MS })
  } catch (cause) {
    throw new SkupperError('systemd/failed', `systemctl ${all.join(' ')} failed`, { cause })
  }
}
