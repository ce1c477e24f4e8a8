import { hostname } from 'node:os'
import { pino } from 'pino'
import { IdleCollection } from '../core/memory/idle-collection.ts'
import { ProcessMemory } from '../core/memory/process-memory.ts'
import { tendMemory } from '../core/memory/tend-memory.ts'
import { messageOf, SkupperError } from '../core/model/error.ts'
import { makeDirectory, removeUnfinished } from '../core/store/atomic-file.ts'
import { acquireLock } from '../core/store/lock.ts'
import { namespacesIn, openStore } from '../core/store/store.ts'
import packageJson from '../package.json' with { type: 'json' }
import { parseFlags, type ClusterFlags, type MachineFlags } from './flags.ts'
import { foreignRouter } from './machine/foreign-router.ts'
import { superviseSite } from './machine/supervisor.ts'

const EXIT_FAILED = 1
const EXIT_USAGE = 2
/** The one before may still be draining its router. */
const LOCK_DEADLINE_MS = 2_000

const CLOCK = { wall: Date.now, steady: () => performance.timeOrigin + performance.now() }

const log = pino({
  base: null,
  level: process.env['SKUPPER_LOG_LEVEL'] ?? 'info',
  formatters: { level: (level) => ({ level }) },
})

const memory = new ProcessMemory()
tendMemory(memory, [new IdleCollection(memory)])
try {
  const flags = parseFlags(process.argv.slice(2))
  await (flags.platform === 'linux' ? runOnMachine(flags) : runInCluster(flags))
} catch (error) {
  console.error(`skupper-controller: ${messageOf(error)}`)
  process.exit(error instanceof SkupperError && error.code === 'flag/invalid' ? EXIT_USAGE : EXIT_FAILED)
}

async function runOnMachine({ namespace, dataHome, routerProgram }: MachineFlags): Promise<void> {
  const store = openStore({ dir: dataHome, namespace, log })
  await makeDirectory(store.path('internal'))
  const lock = await acquireLock(store.path('internal', 'supervisor.lock'), { deadlineMs: LOCK_DEADLINE_MS })
  // Files that only the one supervisor writes.
  for (const own of [['internal'], ['runtime', 'router']]) await removeUnfinished(store.path(...own))
  const { version } = packageJson
  log.info({ pid: process.pid, namespace, version }, 'supervisor started')
  const supervisor = superviseSite({
    ...{ store, namespace, version, log, random: Math.random, platform: 'linux', environment: process.env },
    clock: CLOCK,
    otherPortsFiles: () => otherPortsFiles(dataHome, namespace),
    routerCommand: ({ routerBinary }, config) =>
      routerBinary === undefined ? ownRouter(routerProgram, config) : foreignRouter(routerBinary, config),
    onGone: () => {
      end('the namespace is gone')
    },
  })

  const end = ender(async () => {
    await supervisor.close()
    await lock.release()
  })
}

/** The site of a namespace of a cluster. Only the leader of several controllers works; the others wait for their turn. */
async function runInCluster(flags: ClusterFlags): Promise<void> {
  // The client alone takes most of a second to load: it is for those who need it.
  const { planOfCluster, startClusterController } = await import('./kubernetes/cluster-controller.ts')
  const { version } = packageJson
  const image = flags.routerImage ?? process.env['SKUPPER_IMAGE']
  const options = { flags, version, log, image, random: Math.random, clock: CLOCK, env: process.env }
  if (flags.dryRun) {
    const plan = await planOfCluster({ ...options, log: pino({ base: null, level: 'error' }, process.stderr) })
    for (const line of plan.length === 0 ? ['no changes'] : plan) console.log(line)
    process.exit()
  }
  const controller = await startClusterController({
    ...options,
    holder: process.env['POD_NAME'] ?? hostname(),
    onFailed: (error) => {
      log.error({ err: error }, 'the controller cannot go on')
      process.exit(EXIT_FAILED)
    },
  })
  ender(() => controller.close())
}

/** What ends the process in order, by a signal too. Whoever asks twice does not want to wait. */
function ender(close: () => Promise<void>): (reason: string) => void {
  let isEnding = false
  const end = (reason: string): void => {
    if (isEnding) process.exit(EXIT_FAILED)
    isEnding = true
    log.info({ reason }, 'ending')
    close().then(
      () => {
        log.info({}, 'ended')
        process.exit()
      },
      (error: unknown) => {
        log.error({ err: error }, 'could not end in order')
        process.exit(EXIT_FAILED)
      },
    )
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, end)
  return end
}

async function otherPortsFiles(dataHome: string, own: string): Promise<string[]> {
  const others = (await namespacesIn(dataHome)).filter((namespace) => namespace !== own)
  return others.map((namespace) => openStore({ dir: dataHome, namespace }).path('internal', 'ports.json'))
}

/** Our router ends with its standard input, and so with this process; others by other means. */
function ownRouter(program: string, config: string): [string, ...string[]] {
  return [process.execPath, program, '--config', config, '--end-with-stdin']
}
