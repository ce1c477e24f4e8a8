import { createHash, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { echoed } from '../support/echo-network.ts'
import { eventually } from '../support/eventually.ts'
import { lossyNamespace, whyNoNamespaces } from '../support/lossy-namespace.ts'
import { connectorTo, routerConfig, testAuthorities } from '../support/router-config.ts'
import { startRouter } from '../support/router-process.ts'
import { slowLink } from '../support/slow-link.ts'
import { echoPeer, tcpClient } from '../support/tcp-peers.ts'

const LOSS = 0.1
const DELAY_MS = 100
const EVERYWHERE = '0.0.0.0'
/** The environment asks for more: SOAK_BYTES=67108864. */
const BYTES = Number(process.env['SOAK_BYTES'] ?? 2 * 1024 * 1024)
const REQUESTS = 200
const PATIENCE = { deadlineMs: 60_000 }
const SERVICE = { name: 'echo', address: 'echo:7' }
const missing = whyNoNamespaces()

/** `far` lives in a namespace of its own, and the link to it loses packets and takes its time. */
async function badNetwork() {
  const authorities = await testAuthorities()
  const [far, near] = await Promise.all([routerConfig('far', authorities), routerConfig('near', authorities)])
  const space = lossyNamespace()
  const target = await echoPeer(EVERYWHERE)
  const open = far.entities.map(([type, own]) => [type, type === 'listener' ? { ...own, host: EVERYWHERE } : own])
  const connector = ['tcpConnector', { ...SERVICE, host: space.outside, port: target.port }]
  const farRouter = await startRouter([...open, connector], { through: space.through })
  const port = await farRouter.port('links')
  space.lose(LOSS, port)
  const link = await slowLink({ host: space.inside, port }, DELAY_MS)
  const listener = ['tcpListener', { ...SERVICE, host: '127.0.0.1', port: 0 }]
  const router = await startRouter([...near.entities, connectorTo('to-far', link.port), listener])
  await eventually(() => router.logs({ msg: 'listening', listener: 'echo' }).length > 0, PATIENCE)
  return { router, space, port: await router.port('echo') }
}

test.skipIf(missing !== undefined)(
  `over a link that loses one packet in ten and takes 200 ms there and back, everything arrives and the link stays${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  { timeout: 120_000 + BYTES / 100 },
  async () => {
    const { router, space, port } = await badNetwork()
    const served = await Promise.all(Array.from({ length: REQUESTS }, (_, n) => echoed(port, `request ${String(n)}`)))
    expect(served).not.toContain(false)

    const sent = randomBytes(BYTES)
    const client = tcpClient(port)
    const hash = createHash('sha256')
    client.socket.on('data', (chunk: Buffer) => hash.update(chunk))
    client.socket.end(sent)
    expect(await client.outcome).toBe('end')
    expect(hash.digest('hex')).toBe(createHash('sha256').update(sent).digest('hex'))
    expect(router.logs({ msg: 'stopped listening', listener: 'echo' })).toEqual([])
    expect(space.lost()).toBeGreaterThan(10)
  },
)
