import { spawn } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { messageOf, SkupperError } from '../../core/model/error.ts'
import type { Narrator } from './narrator.ts'

const COMMAND_DEADLINE_MS = 150_000
const REQUEST_DEADLINE_MS = 10_000
const NEWS_DEADLINE_MS = 10_000
const RETRY_MS = 100

const isStatus = (line: string): boolean => /\bstatus\b/.test(line)

export interface ShellOptions {
  narrator: Narrator
  /** The plugin's launcher, run as `node LAUNCHER …` for what is shown as `skupper …`. */
  launcher: string
  environment: NodeJS.ProcessEnv
}

/** Types commands as a user would, shows what they answer, and fails where an answer is not the promised one. */
export class Shell {
  readonly #options: ShellOptions

  constructor(options: ShellOptions) {
    this.#options = options
  }

  /**
   * Runs `skupper ARGS` as its own process and shows what it prints. Fails with `demo/step` unless it exits 0 and
   * says what `says` matches. News takes a moment to cross a network: a status is asked again until it has come.
   */
  async skupper(line: string, says: RegExp): Promise<void> {
    const { narrator } = this.#options
    narrator.typed(`skupper ${line}`)
    const deadline = performance.now() + NEWS_DEADLINE_MS
    let answer = await this.run(line)
    while (isStatus(line) && !says.test(answer.output) && performance.now() < deadline) answer = await this.run(line)
    const { exitCode, output } = answer
    narrator.answered(output)
    if (exitCode !== 0) throw failed(`"skupper ${line}" exited with ${String(exitCode)}`, output)
    if (!says.test(output)) throw failed(`"skupper ${line}" did not say ${String(says)}`, output)
  }

  /** Asks `url` like curl does; gives the answer, which must match `says`. */
  async curl(url: string, says: RegExp): Promise<string> {
    const { narrator } = this.#options
    narrator.typed(`curl ${url}`)
    const answer = await withinDeadline(() => request(url))
    narrator.answered(answer)
    if (!says.test(answer)) throw failed(`${url} did not answer ${String(says)}`, answer)
    return answer
  }

  /** Asks `url` and wants the connection to fail, not to hang and not to be answered. */
  async curlFails(url: string): Promise<void> {
    const { narrator } = this.#options
    narrator.typed(`curl ${url}`)
    const reason = await withinDeadline(async () => {
      const outcome = await request(url).then(() => undefined, reasonOf)
      if (outcome !== undefined) return outcome
      throw failed(`${url} still answers after its link was deleted`, url)
    })
    narrator.answered(`curl: ${reason}`)
  }

  /** Runs `skupper ARGS` unseen. */
  run(line: string): Promise<{ exitCode: number | null; output: string }> {
    const { launcher, environment } = this.#options
    const child = spawn(process.execPath, [launcher, ...line.split(' ')], {
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: COMMAND_DEADLINE_MS,
    })
    const chunks: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
    return new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (exitCode) => {
        resolve({ exitCode, output: Buffer.concat(chunks).toString() })
      })
    })
  }
}

/** The first try that succeeds; after the deadline, the failure of the last one. */
async function withinDeadline<T>(attempt: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + NEWS_DEADLINE_MS
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      if (performance.now() > deadline) throw error
      await delay(RETRY_MS)
    }
  }
}

async function request(url: string): Promise<string> {
  const response = await fetch(url, {
    signal: AbortSignal.timeout(REQUEST_DEADLINE_MS),
    headers: { connection: 'close' },
  })
  return response.text()
}

/** fetch hides why it failed behind "fetch failed"; the cause says it. */
function reasonOf(error: unknown): string {
  return error instanceof Error && error.cause !== undefined ? messageOf(error.cause) : messageOf(error)
}

function failed(what: string, output: string): SkupperError {
  return new SkupperError('demo/step', what, { given: output })
}
