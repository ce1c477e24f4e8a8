import { createServer, type Server } from 'node:net'
import { onTestFinished } from 'vitest'

/** Listens on a port of the system's choice, or on `port`, until the test ends or `release` is called. */
export async function takePort(host: string, port = 0): Promise<{ port: number; release: () => Promise<void> }> {
  const server = createServer((socket) => socket.destroy())
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen({ host, port, exclusive: true }, resolve)
  })
  const release = () => closed(server)
  onTestFinished(release)
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('listens on no TCP port')
  return { port: address.port, release }
}

async function closed(server: Server): Promise<void> {
  if (server.listening) await new Promise((resolve) => server.close(resolve))
}
