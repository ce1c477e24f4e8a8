import { CommanderError } from 'commander'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { isSea } from 'node:sea'
import packageJson from '../package.json' with { type: 'json' }
import type { Cli, Cluster, GlobalFlags } from './cli.ts'
import { messageOf, SkupperError } from '../core/model/error.ts'
import { exitCodeOf } from './exit-code.ts'
import { openTerminal } from './output/terminal.ts'
import type { Platform } from './platform/platform.ts'
import { skupperProgram } from './program.ts'

const { env } = process
const { version } = packageJson
const terminal = openTerminal(process.stdout, process.stderr)
const calledAs = process.argv0.includes('kubectl') || env['KUBECTL_PATH'] !== undefined

const cli: Cli = { terminal, version, platform, cluster, contexts, now: () => new Date() }
process.exitCode = await run()

/** 0, or what `exitCodeOf` says with the reason on stderr; never a stack trace. */
async function run(): Promise<number> {
  try {
    const program = await skupperProgram(cli, calledAs ? 'kubectl skupper' : 'skupper', process.argv.slice(2))
    await exitOverridden(program).parseAsync(process.argv)
    return 0
  } catch (error) {
    if (!(error instanceof CommanderError)) terminal.warn(`Error: ${messageOf(error)}`)
    return exitCodeOf(error)
  }
}

/** Commander ends the process by itself unless each command is told otherwise. */
function exitOverridden(command: Awaited<ReturnType<typeof skupperProgram>>): typeof command {
  command.exitOverride()
  command.configureOutput({
    outputError: (text, write) => {
      write(text.replace(/^error: /, 'Error: '))
    },
  })
  for (const below of command.commands) exitOverridden(below)
  return command
}

async function platform(flags: GlobalFlags): Promise<Platform> {
  if (flags.platform === 'linux') return machine(flags)
  if (flags.platform === 'kubernetes') return kubernetes(flags)
  const given = flags.platform ?? ''
  throw new SkupperError('platform/invalid', `invalid platform: ${given}`, { given, wanted: 'kubernetes or linux' })
}

async function machine({ namespace, context, kubeconfig }: GlobalFlags): Promise<Platform> {
  if (context !== undefined || kubeconfig !== undefined) {
    const flag = context === undefined ? '--kubeconfig' : '--context'
    throw new SkupperError('flag/platform', `${flag} is for sites on Kubernetes`, { wanted: '--platform kubernetes' })
  }
  const { MachinePlatform } = await import('./platform/machine.ts')
  return new MachinePlatform({
    namespace: namespace ?? 'default',
    version,
    dataHome: dataHome(),
    programs: { controller: programFile('controller'), router: programFile('router') },
    systemd: env['SKUPPER_NO_SYSTEMD'] === undefined,
    configHome: env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'),
  })
}

/** What this Node is to run: a file of the checkout or beside the bundle; the single executable takes a word for it. */
function programFile(program: 'controller' | 'router'): string {
  if (isSea()) return program
  if (import.meta.filename.endsWith('.ts')) return join(import.meta.dirname, '..', program, 'main.ts')
  return join(dirname(process.argv[1] ?? ''), `${program}.mjs`)
}

// Only here, since the client of Kubernetes costs more to load than all else together.
async function kubernetes(flags: GlobalFlags): Promise<Platform> {
  const { KubernetesPlatform } = await import('./platform/kubernetes.ts')
  return KubernetesPlatform.connect({ ...flags, env, version, image: env['SKUPPER_IMAGE'] })
}

async function cluster({ namespace, context, kubeconfig }: GlobalFlags): Promise<Cluster> {
  const { connect } = await import('../core/kube/kube-config.ts')
  const client = await connect({ namespace, context, kubeconfig, fieldManager: 'skupper', env })
  return { client, image: env['SKUPPER_IMAGE'] ?? `localhost/skupper:${version}` }
}

async function contexts({ kubeconfig }: GlobalFlags): Promise<string[]> {
  const { contextNames } = await import('./kubeconfig-contexts.ts')
  return contextNames(kubeconfig ?? env['KUBECONFIG'] ?? join(homedir(), '.kube/config'))
}

/** As in Skupper v2: /var/lib/skupper for root, else under the user's data directory. */
function dataHome(): string {
  const given = env['XDG_DATA_HOME']
  if (given !== undefined && given !== '') return join(given, 'skupper')
  return process.getuid?.() === 0 ? '/var/lib/skupper' : join(homedir(), '.local/share/skupper')
}
