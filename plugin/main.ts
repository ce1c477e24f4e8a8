import { CommanderError } from 'commander'
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Cli, GlobalFlags } from './cli.ts'
import { messageOf, SkupperError } from '../core/model/error.ts'
import { openTerminal } from './output/terminal.ts'
import { machinePlatform } from './platform/machine.ts'
import type { Platform } from './platform/platform.ts'
import { skupperProgram } from './program.ts'

const root = join(import.meta.dirname, '..')
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
const { env } = process
const terminal = openTerminal(process.stdout, process.stderr)
const calledAs = process.argv0.includes('kubectl') || env['KUBECTL_PATH'] !== undefined

const cli: Cli = { terminal, version, platform, now: () => new Date() }
process.exitCode = await run()

/** 0, or 1 with the reason on stderr; never a stack trace. */
async function run(): Promise<number> {
  const program = skupperProgram(cli, calledAs ? 'kubectl skupper' : 'skupper')
  try {
    await exitOverridden(program).parseAsync(process.argv)
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode
    terminal.warn(`Error: ${messageOf(error)}`)
    return 1
  }
}

/** Commander ends the process by itself unless each command is told otherwise. */
function exitOverridden(command: ReturnType<typeof skupperProgram>): typeof command {
  command.exitOverride()
  command.configureOutput({
    outputError: (text, write) => {
      write(text.replace(/^error: /, 'Error: '))
    },
  })
  for (const below of command.commands) exitOverridden(below)
  return command
}

function platform(flags: GlobalFlags): Platform {
  const chosen = flags.platform ?? 'linux'
  if (chosen !== 'linux') {
    throw new SkupperError('platform/invalid', `invalid platform: ${chosen}`, { given: chosen, wanted: 'linux' })
  }
  return machinePlatform({
    namespace: flags.namespace ?? 'default',
    dataHome: dataHome(),
    programs: { controller: join(root, 'controller/main.ts'), router: join(root, 'router/main.ts') },
    systemd: env['SKUPPER_NO_SYSTEMD'] === undefined,
    configHome: env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'),
  })
}

/** As in Skupper v2: /var/lib/skupper for root, else under the user's data directory. */
function dataHome(): string {
  const given = env['XDG_DATA_HOME']
  if (given !== undefined && given !== '') return join(given, 'skupper')
  return process.getuid?.() === 0 ? '/var/lib/skupper' : join(homedir(), '.local/share/skupper')
}
