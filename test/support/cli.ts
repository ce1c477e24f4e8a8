import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { API_VERSION } from '../../core/model/resource-schema.ts'
import { openStore, type Store } from '../../core/store/store.ts'
import { engineFlags } from './engine.ts'

const PLUGIN = join(import.meta.dirname, '../../plugin/main.ts')
const COMMAND_DEADLINE_MS = 150_000
const LINUX = { SKUPPER_PLATFORM: 'linux' }
/** Keeps what V8 compiled between runs: a command then starts in half the time. */
const COMPILED = { NODE_COMPILE_CACHE: join(tmpdir(), 'skupper-compile-cache') }

export interface Answer {
  exitCode: number | null
  stdout: string
  stderr: string
}

/** The command line as its own process, with a data home of the test's own. */
export interface CommandLine {
  readonly home: string
  /** Runs `skupper WORDS` and waits for its end. */
  skupper(...words: string[]): Promise<Answer>
  /** What lies in a namespace, as the commands see it. */
  store(namespace?: string): Store
}

/**
 * A command line whose data home is removed when the test is over, after the sites of `namespaces` were deleted. Sites
 * that it makes have the engine of the run.
 */
export async function commandLine(...namespaces: string[]): Promise<CommandLine> {
  const home = await mkdtemp(join(tmpdir(), 'skupper-cli-'))
  const skupper = (...words: string[]) => run(words.includes('init') ? [...words, ...engineFlags()] : words, home)
  onTestFinished(async () => {
    for (const namespace of namespaces) await skupper('-n', namespace, 'delete')
    await rm(home, { recursive: true, force: true })
  }, COMMAND_DEADLINE_MS)
  return {
    home,
    skupper,
    store: (namespace = 'default') => openStore({ dir: join(home, 'skupper'), namespace }),
  }
}

/** Makes `namespace` look like a site to the commands, with no program running behind it. */
export async function siteWithoutPrograms(store: Store, name: string): Promise<void> {
  await store.apply({
    apiVersion: API_VERSION,
    kind: 'Site',
    metadata: { name },
    spec: { linkAccess: 'default', settings: { 'listen-host': '127.0.0.1', 'link-host': '127.0.0.1' } },
  })
}

/** Runs `skupper WORDS` on a cluster, with the kubeconfig and namespace of a test, and waits for its end. */
export function skupperOnCluster(kubeconfig: string, namespace: string): (...words: string[]) => Promise<Answer> {
  return (...words) => spawned([...words, '--kubeconfig', kubeconfig, '--namespace', namespace], { HOME: tmpdir() })
}

function run(words: readonly string[], home: string): Promise<Answer> {
  return spawned(words, { HOME: home, XDG_DATA_HOME: home, SKUPPER_NO_SYSTEMD: '1', ...LINUX })
}

function spawned(words: readonly string[], environment: Record<string, string>): Promise<Answer> {
  const child = spawn(process.execPath, [PLUGIN, ...words], {
    env: { PATH: process.env['PATH'], ...environment, ...COMPILED },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: COMMAND_DEADLINE_MS,
  })
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exitCode) => {
      resolve({ exitCode, ...output })
    })
  })
}
