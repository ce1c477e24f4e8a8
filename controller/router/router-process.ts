import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { messageOf } from '../../core/model/error.ts'
import { RestartBackoff, ROUTER_RESTARTS } from './restart-backoff.ts'
import { argumentsOf, endProcess } from '../../core/store/running-process.ts'

const LOG_FILE_MODE = 0o600
/** A router that lost its supervisor gets this long before it is killed: its streams are cut in any case. */
const STALE_GRACE_MS = 1_000

/** How to run a site's router. */
export interface RouterProcessOptions {
  /** Program and arguments. They name this site's own config file, which is how a left-over router is recognised. */
  readonly command: readonly [program: string, ...args: string[]]
  readonly configFile: string
  /** Keeps the process id, for the supervisor that follows after this one was killed. */
  readonly pidFile: string
  /** Where the router's output is appended. */
  readonly logFile: string
  readonly environment: NodeJS.ProcessEnv
  /** Runs before every start; while it throws the router is not started. */
  readonly prepare: () => Promise<void>
  readonly events: RouterProcessEvents
  readonly random: () => number
}

/** What the supervisor is told. */
export interface RouterProcessEvents {
  onStarted(pid: number): void
  /** The router ended without being asked to, or could not be started. It is started again after `retryMs`. */
  onEnded(reason: string, retryMs: number): void
}

/**
 * Keeps one router process running: starts it, and starts it again with growing waits whenever it ends.
 *
 * The router holds the other end of a pipe on its standard input and ends when that closes, so it never outlives a
 * killed supervisor. In case it does all the same (another engine, a hung process), its id is on disk and the next
 * supervisor ends it before it starts its own.
 */
export class RouterProcess {
  readonly #options: RouterProcessOptions
  readonly #backoff: RestartBackoff
  #child: ChildProcess | undefined
  #retry: NodeJS.Timeout | undefined
  #closing = false
  #launching: Promise<void> = Promise.resolve()
  #ended: Promise<void> = Promise.resolve()

  constructor(options: RouterProcessOptions) {
    this.#options = options
    this.#backoff = new RestartBackoff(ROUTER_RESTARTS, options.random)
  }

  /** Ends a router that an earlier supervisor left behind, then starts ours. */
  async start(): Promise<void> {
    await endLeftOverRouter(this.#options)
    this.#launching = this.#launch()
    await this.#launching
  }

  /** Asks a running router to drain and end; it is started again as after any end. */
  restart(): void {
    this.#child?.kill('SIGTERM')
  }

  /** Asks the router to drain and end, kills it after `graceMs`. Nothing is started afterwards. May be called twice. */
  async close(graceMs: number): Promise<void> {
    this.#closing = true
    clearTimeout(this.#retry)
    await this.#launching
    const child = this.#child
    if (child !== undefined) {
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), graceMs)
      await this.#ended
      clearTimeout(late)
    }
    await rm(this.#options.pidFile, { force: true })
  }

  async #launch(): Promise<void> {
    const startedAt = performance.now()
    try {
      await this.#options.prepare()
      if (this.#closing) return
      const child = await spawnRouter(this.#options)
      this.#child = child
      this.#ended = new Promise((resolve) => {
        child.once('exit', (code, signal) => {
          this.#child = undefined
          resolve()
          this.#again(signal === null ? `exit code ${String(code)}` : signal, startedAt)
        })
      })
      await writeFile(this.#options.pidFile, `${String(child.pid)}\n`)
      this.#options.events.onStarted(child.pid ?? 0)
    } catch (error) {
      this.#again(messageOf(error), startedAt)
    }
  }

  #again(reason: string, startedAt: number): void {
    if (this.#closing) return
    const retryMs = this.#backoff.waitAfter(performance.now() - startedAt)
    this.#options.events.onEnded(reason, retryMs)
    this.#retry = setTimeout(() => {
      this.#launching = this.#launch()
    }, retryMs)
  }
}

async function spawnRouter({ command, environment, logFile }: RouterProcessOptions): Promise<ChildProcess> {
  const [program, ...args] = command
  const log = openSync(logFile, 'a', LOG_FILE_MODE)
  const child = spawn(program, args, { stdio: ['pipe', log, log], env: environment })
  closeSync(log)
  child.stdin?.on('error', () => undefined) // The pipe only ever closes; a router that ended closes it first.
  await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject))
  return child
}

async function endLeftOverRouter({ pidFile, configFile }: RouterProcessOptions): Promise<void> {
  const pid = Number(await readFile(pidFile, 'utf8').catch(() => ''))
  if (!Number.isInteger(pid) || pid <= 1) return
  const isOurs = (await argumentsOf(pid)).includes(configFile)
  if (isOurs) await endProcess(pid, STALE_GRACE_MS)
  await rm(pidFile, { force: true })
}
