import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { once } from 'node:events'
import { onTestFinished } from 'vitest'

export interface TcpProxy {
  readonly port: number
  /** Cuts every connection and takes no new ones. */
  cut(): Promise<void>
  /** Takes connections again, at the same port. */
  restore(): Promise<void>
  /** Passes nothing on, in either direction, over connections that stay. */
  freeze(): void
}

/** A way to another server that a test can cut and mend. It goes with the test. */
export async function tcpProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  const sockets = new Set<Socket>()
  const server = createServer((incoming) => {
    const outgoing = connect(target)
    for (const [socket, other] of [
      [incoming, outgoing],
      [outgoing, incoming],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
      socket.pipe(other)
    }
  })
  const listen = async (port: number): Promise<void> => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  }
  const cut = async (): Promise<void> => {
    if (!server.listening) return
    const closed = once(server, 'close')
    server.close()
    for (const socket of sockets) socket.resetAndDestroy()
    await closed
  }
  await listen(0)
  const { port } = server.address() as AddressInfo
  onTestFinished(cut)
  return {
    port,
    cut,
    restore: () => listen(port),
    freeze: () => {
      for (const socket of sockets) socket.unpipe().pause()
    },
  }
}
