import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

const START_DEADLINE_MS = 15_000
const STOP_DEADLINE_MS = 3_000
const PAUSE_MS = 20

/** A process of a run. */
export interface Child {
  readonly pid: number
  stop(): Promise<void>
}

/**
 * Starts a program that stays. Its standard input is open as long as we live; what it says on standard error goes to
 * ours, unless `quiet`.
 */
export async function startChild(program: string, args: readonly string[], { quiet = false } = {}): Promise<Child> {
  const child = spawn(program, args, { stdio: ['pipe', 'ignore', quiet ? 'ignore' : 'inherit'] })
  const ended = once(child, 'exit')
  // Whatever ends this process, it leaves nobody behind.
  const onExit = (): void => {
    child.kill('SIGKILL')
  }
  process.on('exit', onExit)
  await once(child, 'spawn')
  if (child.pid === undefined) throw new Error(`${program} has no process id`)
  return {
    pid: child.pid,
    async stop() {
      child.kill('SIGTERM')
      await Promise.race([ended, delay(STOP_DEADLINE_MS, undefined, { ref: false })])
      child.kill('SIGKILL')
      await ended
      process.off('exit', onExit)
    },
  }
}

/** A port of 127.0.0.1 that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return address.port
}

/** Waits until somebody accepts connections on `port` of 127.0.0.1. */
export async function accepting(port: number, deadlineMs = START_DEADLINE_MS): Promise<void> {
  const deadline = performance.now() + deadlineMs
  while (!(await accepts(port))) {
    if (performance.now() > deadline) throw new Error(`nobody listens on 127.0.0.1:${String(port)}`)
    await delay(PAUSE_MS)
  }
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
