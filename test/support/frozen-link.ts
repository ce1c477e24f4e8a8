import { connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** A TCP port that leads to another; `freeze` makes it a network that drops everything without a word. */
export interface FrozenLink {
  readonly port: number
  freeze(): void
  thaw(): void
}

/** Connects whoever comes to `target` on 127.0.0.1. While frozen nothing passes, and nothing new is connected. */
export async function frozenLink(target: number): Promise<FrozenLink> {
  const sockets = new Set<Socket>()
  let frozen = false
  const join = (from: Socket, to: Socket): void => {
    sockets.add(from)
    from.on('data', (chunk) => {
      if (!frozen) to.write(chunk)
    })
    from.on('error', () => undefined)
    from.on('close', () => {
      sockets.delete(from)
      if (!frozen) to.destroy()
    })
  }
  const server = createServer((near) => {
    if (frozen) {
      sockets.add(near)
      near.on('error', () => undefined)
      return
    }
    const far = connect(target, '127.0.0.1')
    join(near, far)
    join(far, near)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('listens on no TCP port')
  return {
    port: address.port,
    freeze: () => {
      frozen = true
    },
    thaw: () => {
      frozen = false
      // Whoever was connected while frozen got no answer, and never will.
      for (const socket of sockets) socket.destroy()
    },
  }
}
