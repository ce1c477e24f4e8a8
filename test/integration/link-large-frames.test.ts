import { createHash, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { echoNetwork } from '../support/echo-network.ts'
import { tcpClient } from '../support/tcp-peers.ts'

const MIB = 1024 * 1024
const BYTES = 32 * MIB

function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

test.each([512, 16_384, 65_536])('with frames of %i bytes a stream arrives exactly, each way', async (maxFrameSize) => {
  const network = await echoNetwork({ link: { maxFrameSize } })
  const sent = randomBytes(maxFrameSize < 4096 ? 4 * MIB : BYTES)
  const client = tcpClient(network.port())
  const received: Buffer[] = []
  client.socket.on('data', (chunk: Buffer) => received.push(chunk))
  client.socket.end(sent)
  expect(await client.outcome).toBe('end')
  expect(hashOf(Buffer.concat(received))).toBe(hashOf(sent))
})
