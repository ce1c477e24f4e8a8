import { spawn } from 'node:child_process'
import { messageOf, SkupperError } from '../../core/model/error.ts'
import type { Narrator } from './narrator.ts'

const COMMAND_DEADLINE_MS = 150_000
const REQUEST_DEADLINE_MS = 10_000

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

  /** Runs `skupper ARGS` as its own process. Fails with `demo/step` unless it exits 0 and prints what `says` matches. */
  async skupper(line: string, says: RegExp): Promise<void> {
    const { narrator } = this.#options
    narrator.typed(`skupper ${line}`)
    const { exitCode, output } = await this.run(line)
    narrator.answered(output)
    if (exitCode !== 0) throw failed(`"skupper ${line}" exited with ${String(exitCode)}`, output)
    if (!says.test(output)) throw failed(`"skupper ${line}" did not say ${String(says)}`, output)
  }

  /** Asks `url` like curl does; gives the answer, which must match `says`. */
  async curl(url: string, says: RegExp): Promise<string> {
    const { narrator } = this.#options
    narrator.typed(`curl ${url}`)
    const answer = await request(url)
    narrator.answered(answer)
    if (!says.test(answer)) throw failed(`${url} did not answer ${String(says)}`, answer)
    return answer
  }

  /** Asks `url` and wants the connection to fail, not to hang and not to be answered. */
  async curlFails(url: string): Promise<void> {
    const { narrator } = this.#options
    narrator.typed(`curl ${url}`)
    const outcome = await request(url).then(
      (answer) => failed(`${url} still answers after its link was deleted`, answer),
      (error: unknown) => reasonOf(error),
    )
    if (outcome instanceof SkupperError) throw outcome
    narrator.answered(`curl: ${outcome}`)
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
