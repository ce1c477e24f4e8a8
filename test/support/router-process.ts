import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'
import { eventually } from './eventually.ts'
import { temporaryDirectory } from './temporary-directory.ts'

/** A machine that runs other things beside this test takes its time to start a program. */
const START_PATIENCE = { deadlineMs: 60_000 }
const MAIN = join(import.meta.dirname, '../../router/main.ts')

/** A line of the router's log. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly msg?: string }

/** How a process ended. */
export interface Ending {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface RouterProcessOptions {
  readonly flags?: readonly string[]
  readonly environment?: NodeJS.ProcessEnv
  /** File descriptors that the system lets it have; as many as this process unless given. */
  readonly descriptors?: number
  /** Words before the command, of a program that runs another. */
  readonly through?: readonly string[]
}

/** A real router process, ended with the test. */
export class RouterProcess {
  readonly log: LogLine[] = []
  readonly ended: Promise<Ending>
  /** What it wrote to standard error. */
  errors = ''
  readonly #child: ChildProcess

  constructor(child: ChildProcess) {
    this.#child = child
    this.ended = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        resolve({ code, signal })
      })
    })
    child.stderr?.on('data', (chunk) => (this.errors += String(chunk)))
    if (child.stdout === null) throw new Error('the router has no output')
    createInterface(child.stdout).on('line', (line) => this.log.push(JSON.parse(line) as LogLine))
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** The first line with these facts, which is waited for. */
  async logged(facts: LogLine, patience: { readonly deadlineMs?: number } = {}): Promise<LogLine> {
    return eventually(() => {
      const line = this.logs(facts)[0]
      if (line === undefined) throw new Error(`not logged: ${JSON.stringify(facts)} in ${JSON.stringify(this.log)}`)
      return line
    }, patience)
  }

  /** All lines with these facts so far. */
  logs(facts: LogLine): LogLine[] {
    const wanted = Object.entries(facts)
    return this.log.filter((line) => wanted.every(([name, value]) => line[name] === value))
  }

  /** The port that a listener has, which may have been 0 in the configuration. */
  async port(listener: string): Promise<number> {
    const { port } = await this.logged({ msg: 'listening', listener })
    return Number(port)
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  closeStdin(): void {
    this.#child.stdin?.end()
  }

  /** Ends it at once, if it has not ended yet. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.ended
  }
}

/** Runs a router with this boot file, a list of `[type, attributes]` pairs or any text. Does not wait for anything. */
export async function runRouter(config: unknown, options: RouterProcessOptions = {}): Promise<RouterProcess> {
  const file = join(await temporaryDirectory(), 'router.json')
  await writeFile(file, typeof config === 'string' ? config : JSON.stringify(config))
  const words = [process.execPath, MAIN, '--config', file, ...(options.flags ?? [])]
  const child = spawn('sh', ['-c', `${limitOf(options)} exec "$@"`, 'sh', ...(options.through ?? []), ...words], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...options.environment },
  })
  const router = new RouterProcess(child)
  onTestFinished(() => router.kill())
  return router
}

function limitOf({ descriptors }: RouterProcessOptions): string {
  return descriptors === undefined ? '' : `ulimit -n ${String(descriptors)};`
}

/** Runs a router and waits until all of its boot file works. */
export async function startRouter(config: unknown, options: RouterProcessOptions = {}): Promise<RouterProcess> {
  const router = await runRouter(config, options)
  await Promise.race([
    router.logged({ msg: 'ready' }, START_PATIENCE),
    router.ended.then((ending) => {
      throw new Error(`the router ended: ${JSON.stringify(ending)} ${router.errors}`)
    }),
  ])
  return router
}
