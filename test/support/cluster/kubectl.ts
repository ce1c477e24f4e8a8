import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { eventually } from '../eventually.ts'

const COMMAND_DEADLINE_MS = 600_000
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024
/** The command line as it is shipped. */
export const PROGRAM = join(import.meta.dirname, '../../../dist/app/main.mjs')

/** What a command did. */
export interface Finished {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  /** How long it took. */
  readonly ms: number
}

/** Where a command works, and what it is given. */
export interface CommandPlace {
  readonly kubeconfig: string
  /** The current one by default. */
  readonly context?: string
  readonly namespace: string
}

/** A namespace of one cluster, as its user works with it. */
export class ClusterNamespace {
  readonly place: CommandPlace

  constructor(place: CommandPlace) {
    this.place = place
  }

  get name(): string {
    return this.place.namespace
  }

  /** Runs kubectl here and gives its output; `input` is its standard input. Throws with both outputs where it fails. */
  async kubectl(args: readonly string[], input?: string): Promise<string> {
    const finished = await this.#run('kubectl', [...this.#where(), ...args], input)
    return succeeded(['kubectl', ...args], finished)
  }

  /** Runs the command line under test, as it is shipped. */
  skupper(...args: string[]): Promise<Finished> {
    return this.#run(process.execPath, [PROGRAM, ...this.#where(), ...args])
  }

  /** Does the same and gives its output. Throws with both outputs where it fails. */
  async skupperOk(...args: string[]): Promise<string> {
    return succeeded(['skupper', ...args], await this.skupper(...args))
  }

  /** Applies objects and waits until the Deployments among them are available. */
  async apply(yaml: string): Promise<void> {
    await this.kubectl(['apply', '-f', '-'], yaml)
    if (!/^kind: Deployment$/m.test(yaml)) return
    await this.kubectl(['wait', '--for=condition=Available', 'deployment', '--all', '--timeout=90s'])
  }

  /** What curl in a pod of Deployment `frontend` gets within 5 s. Throws where it gets nothing or an error. */
  curl(url: string): Promise<string> {
    return this.kubectl(['exec', 'deployment/frontend', '--', 'curl', '-sSf', '--max-time', '5', url])
  }

  /** Asks again until it answers. */
  curlUntilAnswered(url: string, deadlineMs: number): Promise<string> {
    return eventually(() => this.curl(url), { deadlineMs })
  }

  #where(): string[] {
    const { context, namespace } = this.place
    return [...(context === undefined ? [] : ['--context', context]), '--namespace', namespace]
  }

  #run(program: string, args: readonly string[], input?: string): Promise<Finished> {
    const env = { ...process.env, KUBECONFIG: this.place.kubeconfig }
    const options = { env, timeout: COMMAND_DEADLINE_MS, maxBuffer: MAX_OUTPUT_BYTES }
    const before = performance.now()
    return new Promise((resolve) => {
      const child = execFile(program, args, options, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
        resolve({ code, stdout, stderr, ms: performance.now() - before })
      })
      child.stdin?.end(input)
    })
  }
}

/** Where others dial the ports of the first node of a cluster. */
export function nodeAddress(place: ClusterNamespace): Promise<string> {
  const internal = '{.items[0].status.addresses[?(@.type=="InternalIP")].address}'
  return place.kubectl(['get', 'node', '-o', `jsonpath=${internal}`])
}

function succeeded(words: readonly string[], { code, stdout, stderr }: Finished): string {
  if (code === 0) return stdout
  throw new Error(`${words.join(' ')}: exit code ${String(code)}\n${stdout}${stderr}`)
}
