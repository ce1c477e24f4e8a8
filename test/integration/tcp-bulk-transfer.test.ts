import { once } from 'node:events'
import { createHash, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { PATHS, tcpService } from '../support/service-network.ts'
import { tcpClient, echoPeer } from '../support/tcp-peers.ts'

/** Bytes each way; BULK_BYTES asks for more, such as 1073741824. */
const BYTES = Number(process.env['BULK_BYTES'] ?? 256 * 1024 * 1024)
const PIECE = randomBytes(1024 * 1024)
/** The test, the target and the routers share this process. */
const MAX_GROWTH_BYTES = 256 * 1024 * 1024
const DEADLINE_MS = 120_000 + BYTES / 4096

describe.each(PATHS)('over %i routers', (routers) => {
  it(
    `${String(BYTES)} bytes each way arrive exactly, in bounded memory`,
    async () => {
      const target = await echoPeer()
      const { port } = await tcpService(routers, target.port)
      const before = process.memoryUsage.rss()
      const { sent, received, peak } = await exchange(port)
      expect(received).toBe(sent)
      expect(peak - before).toBeLessThan(MAX_GROWTH_BYTES)
    },
    DEADLINE_MS,
  )
})

async function exchange(port: number): Promise<{ sent: string; received: string; peak: number }> {
  const { socket, outcome } = tcpClient(port)
  const [sent, received] = [createHash('sha256'), createHash('sha256')]
  let peak = 0
  socket.removeAllListeners('data').on('data', (chunk: Buffer) => {
    received.update(chunk)
    peak = Math.max(peak, process.memoryUsage.rss())
  })
  for (let left = BYTES; left > 0; left -= PIECE.length) {
    const piece = PIECE.subarray(0, Math.min(left, PIECE.length))
    sent.update(piece)
    if (!socket.write(piece)) await once(socket, 'drain')
  }
  socket.end()
  expect(await outcome).toBe('end')
  expect(socket.bytesRead).toBe(BYTES)
  return { sent: sent.digest('hex'), received: received.digest('hex'), peak }
}
