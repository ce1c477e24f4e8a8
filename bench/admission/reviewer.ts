import { Agent, request } from 'node:https'
import { accepting, freePort, startChild, type Child } from '../child.ts'
import { cpuSeconds } from '../processes.ts'
import { join } from 'node:path'

/** As many as an API server has under way at once for a `kubectl apply` of a directory. */
const CONCURRENCY = 4

/** One webhook in a process of its own, with connections that stay, as an API server keeps them. */
export class Reviewer {
  readonly #child: Child
  readonly #port: number
  readonly #body: string
  readonly #agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY, rejectUnauthorized: false })

  private constructor(child: Child, { port, body }: { port: number; body: string }) {
    this.#child = child
    this.#port = port
    this.#body = body
  }

  /** Starts `server.ts` with these arguments; each call sends it `review`. */
  static async start(args: readonly string[], review: object): Promise<Reviewer> {
    const port = await freePort()
    const program = join(import.meta.dirname, 'server.ts')
    const child = await startChild(process.execPath, [program, ...args, '--port', String(port)])
    await accepting(port)
    return new Reviewer(child, { port, body: JSON.stringify(review) })
  }

  /** Milliseconds of each of `count` reviews. */
  async ask(count: number): Promise<number[]> {
    const times: number[] = []
    let left = count
    const worker = async () => {
      while (left-- > 0) {
        const before = performance.now()
        await this.#post()
        times.push(performance.now() - before)
      }
    }
    await Promise.all(Array.from({ length: CONCURRENCY }, worker))
    return times
  }

  /** Seconds since its start, in user and kernel. */
  get cpu(): number {
    return cpuSeconds([this.#child.pid])
  }

  async stop(): Promise<void> {
    this.#agent.destroy()
    await this.#child.stop()
  }

  #post(): Promise<void> {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(this.#body) }
    const to = { host: '127.0.0.1', port: this.#port, agent: this.#agent, path: '/mutate', method: 'POST', headers }
    return new Promise((resolve, reject) => {
      const call = request(to, (response) => {
        response.resume()
        response.on('end', () => {
          if (response.statusCode === 200) resolve()
          else reject(new Error(`status ${String(response.statusCode)}`))
        })
      })
      call.on('error', reject)
      call.end(this.#body)
    })
  }
}
