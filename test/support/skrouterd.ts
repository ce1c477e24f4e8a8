import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { TlsFiles } from '../../router/mesh/connection/listener.ts'
import { eventually } from './eventually.ts'
import { temporaryDirectory } from './temporary-directory.ts'

/** The program of skupper-router, where this machine has one. */
export const SKROUTERD = process.env.SKROUTERD ?? ''

/** Says in a suite's title why it does not run. */
export const UNLESS_SKROUTERD = SKROUTERD === '' ? ' (skipped: SKROUTERD names no skrouterd)' : ''

export type SkupperEntity = readonly [type: string, attributes: Readonly<Record<string, unknown>>]

/** A running skupper-router. */
export interface SkupperRouter {
  readonly id: string
  readonly pid: number
  /** Its own log so far. */
  log(): Promise<string>
  /** Sends a signal, as for a router that hangs or dies. */
  signal(name: NodeJS.Signals): void
  /** Ends it and resolves when it is gone. */
  stop(): Promise<void>
}

interface Place {
  readonly host: string
  readonly port: number
}

/** More than the ports on 127.0.0.1 that have to be open. */
export interface RunOptions {
  readonly listening: readonly Place[]
  readonly environment: Readonly<Record<string, string>>
}

/**
 * Starts skupper-router, in interior mode where `entities` has no `router`; it ends with the test. Resolves when its ports
 * are open.
 */
export async function startSkupperRouter(
  id: string,
  entities: readonly SkupperEntity[],
  given: readonly number[] | RunOptions,
): Promise<SkupperRouter> {
  const { listening, environment } = isPorts(given) ? { listening: given.map(here), environment: {} } : given
  const directory = await temporaryDirectory()
  const config = join(directory, 'config.json')
  const logFile = join(directory, 'log')
  const router: SkupperEntity = ['router', { id, mode: 'interior', helloMaxAgeSeconds: 3 }]
  const named = entities.some(([type]) => type === 'router')
  await writeFile(config, JSON.stringify(named ? entities : [router, ...entities]))
  const child = spawn(SKROUTERD, ['-c', config], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  })
  const output = createWriteStream(logFile)
  child.stdout.pipe(output)
  child.stderr.pipe(output)
  const exited = once(child, 'exit')
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
    await exited
  }
  onTestFinished(stop)
  await eventually(() => Promise.all(listening.map(answers)))
  return {
    id,
    pid: child.pid ?? 0,
    log: () => readFile(logFile, 'utf8'),
    signal: (name) => child.kill(name),
    stop,
  }
}

/** The sslProfile entity `name`, with its files beside the test's. */
export async function sslProfile(name: string, tls: TlsFiles): Promise<SkupperEntity> {
  const directory = join(await temporaryDirectory(), name)
  await mkdir(directory)
  const write = async (file: string, pem: string): Promise<string> => {
    const path = join(directory, file)
    await writeFile(path, pem, { mode: 0o600 })
    return path
  }
  return [
    'sslProfile',
    {
      name,
      caCertFile: await write('ca.crt', tls.ca),
      certFile: await write('tls.crt', tls.cert),
      privateKeyFile: await write('tls.key', tls.key),
    },
  ]
}

const here = (port: number): Place => ({ host: '127.0.0.1', port })

function isPorts(given: readonly number[] | RunOptions): given is readonly number[] {
  return Array.isArray(given)
}

async function answers({ host, port }: Place): Promise<true> {
  const socket = connect(port, host)
  try {
    await once(socket, 'connect')
    return true
  } finally {
    socket.destroy()
  }
}
