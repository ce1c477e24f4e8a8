import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { stringify } from 'yaml'
import { temporaryDirectory } from './temporary-directory.ts'

const MAIN = join(import.meta.dirname, '../../controller/main.ts')
const MAX_OUTPUT = 200_000

/** A site controller as a process of its own, which a test may kill. */
export class ControllerProcess {
  readonly ended: Promise<NodeJS.Signals | number | null>
  /** The end of what it wrote. */
  output = ''
  readonly #child: ChildProcess

  constructor(child: ChildProcess) {
    this.#child = child
    this.ended = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        resolve(signal ?? code)
      })
    })
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk) => (this.output = (this.output + String(chunk)).slice(-MAX_OUTPUT)))
    }
  }

  /** Leaves it no time for anything. */
  kill(): void {
    this.#child.kill('SIGKILL')
  }
}

interface StarterOptions {
  /** Of a proxy, which says who the controller is. */
  readonly server: string
  readonly namespace: string
  /** What `compiledController` gave. */
  readonly compiled: string
}

/** Keeps the controller's program without its types: one that is killed has no time for that, and would start slowly. */
export async function compiledController(): Promise<string> {
  const compiled = await temporaryDirectory()
  const args = [MAIN, '--platform', 'kubernetes', '--kubeconfig', join(compiled, 'absent')]
  const child = spawn(process.execPath, args, { env: { ...process.env, NODE_COMPILE_CACHE: compiled } })
  await once(child, 'exit')
  return compiled
}

/**
 * What starts the controller of a namespace, each time as the same pod whose container starts again: it need not wait
 * until the Lease of the one before runs out.
 */
export async function controllerStarter({ server, namespace, compiled }: StarterOptions, more: readonly string[] = []) {
  const kubeconfig = join(await temporaryDirectory(), 'kubeconfig')
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'proxy',
    clusters: [{ name: 'proxy', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'proxy', user: {} }],
    contexts: [{ name: 'proxy', context: { cluster: 'proxy', user: 'proxy', namespace } }],
  }
  await writeFile(kubeconfig, stringify(config))
  const place = ['--platform', 'kubernetes', '--namespace', namespace, '--kubeconfig', kubeconfig]
  const args = [MAIN, ...place, '--router-image', 'localhost/none:0', '--health-port', '0', ...more]
  const env = { ...process.env, POD_NAME: 'controller', NODE_COMPILE_CACHE: compiled }
  return (): ControllerProcess => {
    const controller = new ControllerProcess(spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] }))
    onTestFinished(async () => {
      controller.kill()
      await controller.ended
    })
    return controller
  }
}
