import { execFile } from 'node:child_process'
import { join } from 'node:path'

const DEADLINE_MS = 240_000
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024
const PROGRAM = join(import.meta.dirname, '../../dist/app/main.mjs')

/** A namespace of one cluster, as its user works with it. */
export class Place {
  readonly kubeconfig: string
  readonly namespace: string

  constructor(kubeconfig: string, namespace: string) {
    this.kubeconfig = kubeconfig
    this.namespace = namespace
  }

  /** Gives what it prints. Throws with both outputs where it fails. */
  kubectl(args: readonly string[], input?: string): Promise<string> {
    return run('kubectl', ['--kubeconfig', this.kubeconfig, '--namespace', this.namespace, ...args], input)
  }

  /** The command line as it is shipped. */
  skupper(...args: readonly string[]): Promise<string> {
    const place = ['--kubeconfig', this.kubeconfig, '--namespace', this.namespace]
    return run(process.execPath, [PROGRAM, ...place, ...args])
  }

  /** Applies objects and waits until the Deployments among them are available. */
  async apply(yaml: string): Promise<void> {
    await this.kubectl(['apply', '-f', '-'], yaml)
    if (!yaml.includes('kind: Deployment')) return
    await this.kubectl(['wait', '--for=condition=Available', 'deployment', '--all', '--timeout=120s'])
  }

  /** Runs a program of the load image in a pod of `frontend`; it answers with a line of JSON. */
  async inPod(program: string, ...args: readonly (string | number)[]): Promise<unknown> {
    const command = ['exec', 'deployment/frontend', '--', '/usr/local/bin/node', `/app/${program}`, ...args.map(String)]
    return JSON.parse(await this.kubectl(command))
  }

  /** Resident memory of a Deployment's first process, in MiB. */
  async memory(deployment: string): Promise<number> {
    const read = "process.stdout.write(require('fs').readFileSync('/proc/1/status'))"
    const status = await this.kubectl(['exec', `deployment/${deployment}`, '--', '/usr/local/bin/node', '-e', read])
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) / 1024
  }
}

/** Milliseconds that a task takes. */
export async function timed(task: () => Promise<unknown>): Promise<number> {
  const before = performance.now()
  await task()
  return performance.now() - before
}

/** What a program prints. Throws with both outputs where it fails. */
export function run(program: string, args: readonly string[], input?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { timeout: DEADLINE_MS, maxBuffer: MAX_OUTPUT_BYTES }
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout)
      else reject(new Error(`${program} ${args.join(' ')}: ${error.message}\n${stdout}${stderr}`))
    })
    child.stdin?.end(input)
  })
}
