import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { pino } from 'pino'
import { IdleCollection } from '../core/memory/idle-collection.ts'
import { ProcessMemory } from '../core/memory/process-memory.ts'
import { tendMemory } from '../core/memory/tend-memory.ts'
import { SkupperError, messageOf } from '../core/model/error.ts'
import packageJson from '../package.json' with { type: 'json' }
import { BulkCollection } from './bulk-collection.ts'
import { parseBootFile } from './config/boot-file.ts'
import { socketsAllowed } from './descriptor-limit.ts'
import { USAGE, parseFlags } from './flags.ts'
import type { Flags } from './flags.ts'
import { RouterLogs } from './router-logs.ts'
import { Router } from './router.ts'

const EXIT_FAILED = 1
const EXIT_BAD_CONFIG = 2

const { config, leaveMs, graceMs, endWithStdin } = readFlags()
const log = pino({ base: null, formatters: { level: (level) => ({ level }) } })
let stopping = false

process.on('uncaughtExceptionMonitor', (error) => {
  log.fatal({ err: error }, 'internal error')
})
const router = await startRouter()
log.info({ pid: process.pid, version: packageJson.version }, 'ready')
const memory = new ProcessMemory()
tendMemory(memory, [new BulkCollection(memory), new IdleCollection(memory)])
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop)
if (endWithStdin) {
  process.stdin.on('close', () => {
    stop('standard input closed')
  })
  process.stdin.resume()
}

function readFlags(): Flags {
  try {
    return parseFlags(process.argv.slice(2))
  } catch (error) {
    return refuse(error, `\n\n${USAGE}`)
  }
}

async function startRouter(): Promise<Router> {
  try {
    const entities = parseBootFile(withHostName(await readConfig()))
    const made = new Router({
      entities,
      siteId: process.env['SKUPPER_SITE_ID'],
      version: packageJson.version,
      hostName: hostname(),
      logs: new RouterLogs(log),
      maxSockets: socketsAllowed(await readFile('/proc/self/limits', 'utf8').catch(() => '')),
      // Never goes back, as the age of what was heard needs it.
      now: () => performance.timeOrigin + performance.now(),
      random: Math.random,
    })
    await made.start()
    return made
  } catch (error) {
    return refuse(error)
  }
}

/** Routers that share a config file differ by the host they run on: their ids name it, as those of Skupper v2. */
function withHostName(text: string): string {
  return text.replaceAll('${HOSTNAME}', hostname())
}

async function readConfig(): Promise<string> {
  try {
    return await readFile(config, 'utf8')
  } catch (cause) {
    throw new SkupperError('config/unreadable-file', `--config: ${messageOf(cause)}`, { given: config, cause })
  }
}

/** Ends the process with one line and no stack where what is wrong was given to us. */
function refuse(error: unknown, help = ''): never {
  if (!(error instanceof SkupperError)) throw error
  console.error(`skupper-router: ${error.message}${help}`)
  process.exit(error.code.startsWith('config/') ? EXIT_BAD_CONFIG : EXIT_FAILED)
}

function stop(reason: string): void {
  // Whoever asks twice does not want to wait.
  if (stopping) process.exit(EXIT_FAILED)
  stopping = true
  log.info({ reason, leaveMs }, 'leaving')
  const onDraining = (): void => {
    log.info({ reason, graceMs }, 'draining')
  }
  router.end({ leaveMs, graceMs, onDraining }).then(
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
