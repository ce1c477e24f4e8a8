import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** Bytes of one direction, as they passed. */
export interface Passed {
  readonly from: 'client' | 'server'
  readonly bytes: Buffer
}

/** A TCP relay to a port of this machine that keeps what passes, in order, until the test ends. */
export async function recordingRelay(target: number): Promise<{ port: number; passed: Passed[] }> {
  const passed: Passed[] = []
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1')
    client.on('data', (bytes: Buffer) => passed.push({ from: 'client', bytes }))
    upstream.on('data', (bytes: Buffer) => passed.push({ from: 'server', bytes }))
    client.pipe(upstream).pipe(client)
    client.on('error', () => upstream.destroy())
    upstream.on('error', () => client.destroy())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  return { port, passed }
}
