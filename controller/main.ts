import { parseArgs } from 'node:util'
import { pino } from 'pino'
import { messageOf, SkupperError } from '../core/model/error.ts'
import { makeDirectory } from '../core/store/atomic-file.ts'
import { acquireLock } from '../core/store/lock.ts'
import { namespacesIn, openStore } from '../core/store/store.ts'
import packageJson from '../package.json' with { type: 'json' }
import { superviseSite } from './machine/supervisor.ts'

const USAGE = `usage: node controller/main.ts --platform linux --namespace NAME --data-home DIR --router-program FILE

  --platform linux        run the site of one namespace on this machine
  --namespace NAME        which namespace
  --data-home DIR         the directory that namespaces/NAME lies in
  --router-program FILE   main.ts of the router`
const EXIT_FAILED = 1
const EXIT_USAGE = 2
/** The one before may still be draining its router. */
const LOCK_DEADLINE_MS = 2_000

interface Flags {
  readonly namespace: string
  readonly dataHome: string
  readonly routerProgram: string
}

const log = pino({
  base: null,
  level: process.env['SKUPPER_LOG_LEVEL'] ?? 'info',
  formatters: { level: (level) => ({ level }) },
})

try {
  await run(readFlags())
} catch (error) {
  console.error(`skupper-controller: ${messageOf(error)}`)
  process.exit(error instanceof SkupperError && error.code === 'flag/invalid' ? EXIT_USAGE : EXIT_FAILED)
}

async function run({ namespace, dataHome, routerProgram }: Flags): Promise<void> {
  const store = openStore({ dir: dataHome, namespace, log })
  await makeDirectory(store.path('internal'))
  const lock = await acquireLock(store.path('internal', 'supervisor.lock'), { deadlineMs: LOCK_DEADLINE_MS })
  const { version } = packageJson
  let isEnding = false
  log.info({ pid: process.pid, namespace, version }, 'supervisor started')
  const supervisor = superviseSite({
    ...{ store, namespace, version, log, random: Math.random, platform: 'linux', environment: process.env },
    clock: { wall: Date.now, steady: () => performance.timeOrigin + performance.now() },
    otherPortsFiles: () => otherPortsFiles(dataHome, namespace),
    routerCommand: (engine, config) => routerCommand(engine, config, routerProgram),
    onGone: () => {
      end('the namespace is gone')
    },
  })

  const end = (reason: string): void => {
    // Whoever asks twice does not want to wait.
    if (isEnding) process.exit(EXIT_FAILED)
    isEnding = true
    log.info({ reason }, 'ending')
    supervisor
      .close()
      .then(() => lock.release())
      .then(
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
}

function readFlags(): Flags {
  const { values } = parseArgs({
    options: {
      platform: { type: 'string' },
      namespace: { type: 'string' },
      'data-home': { type: 'string' },
      'router-program': { type: 'string' },
    },
  })
  const { platform, namespace, 'data-home': dataHome, 'router-program': routerProgram } = values
  if (platform !== 'linux' || namespace === undefined || dataHome === undefined || routerProgram === undefined) {
    throw new SkupperError('flag/invalid', `a flag is missing or not "linux"\n\n${USAGE}`)
  }
  return { namespace, dataHome, routerProgram }
}

async function otherPortsFiles(dataHome: string, own: string): Promise<string[]> {
  const others = (await namespacesIn(dataHome)).filter((namespace) => namespace !== own)
  return others.map((namespace) => openStore({ dir: dataHome, namespace }).path('internal', 'ports.json'))
}

/** Our router ends with its standard input, and so with this process; the one in C is found by its process id. */
function routerCommand(engine: string, config: string, routerProgram: string): [string, ...string[]] {
  if (engine === 'skupper-router') return ['skrouterd', '-c', config]
  return [process.execPath, routerProgram, '--config', config, '--end-with-stdin']
}
