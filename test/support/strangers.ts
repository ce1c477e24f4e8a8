import { connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { eventually } from './eventually.ts'

const BATCH = 100

/** Connections of somebody who has no business here, all to one port; closed when the test ends. */
export class Strangers {
  readonly #sockets: readonly Socket[]

  constructor(sockets: readonly Socket[]) {
    this.#sockets = sockets
  }

  /** How many the other end has not closed. */
  get open(): number {
    return this.#sockets.filter(({ closed }) => !closed).length
  }

  leave(): void {
    for (const socket of this.#sockets) socket.destroy()
  }
}

/** Connects `count` times to `port` of 127.0.0.1, says `bytes` each time and waits. Resolves when all were accepted. */
export async function strangers(port: number, count: number, bytes: Buffer = Buffer.alloc(0)): Promise<Strangers> {
  const sockets: Socket[] = []
  const group = new Strangers(sockets)
  onTestFinished(() => {
    group.leave()
  })
  while (sockets.length < count) {
    const batch = Array.from({ length: Math.min(BATCH, count - sockets.length) }, () => stranger(port, bytes))
    sockets.push(...batch)
    await eventually(() => batch.every(({ connecting }) => !connecting))
  }
  return group
}

function stranger(port: number, bytes: Buffer): Socket {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined)
  socket.resume()
  if (bytes.length > 0) socket.write(bytes)
  return socket
}
