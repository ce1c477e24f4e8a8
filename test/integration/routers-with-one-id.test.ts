import { expect, test } from 'vitest'
import { echoed } from '../support/echo-network.ts'
import { eventually } from '../support/eventually.ts'
import { connectorTo, routerConfig, testAuthorities } from '../support/router-config.ts'
import { startRouter } from '../support/router-process.ts'
import { echoPeer } from '../support/tcp-peers.ts'

const PATIENCE = { deadlineMs: 60_000 }
const TIME = { timeout: 180_000 }
const HOST = '127.0.0.1'
/** What a log takes at once, and what comes back while a test runs. */
const MAX_LINES = 60

test(
  'a second router with the id of another is told of, and when it goes the first is reached again',
  TIME,
  async () => {
    const authorities = await testAuthorities()
    const target = await echoPeer()
    const hubConfig = await routerConfig('hub', authorities)
    const hub = await startRouter([
      ...hubConfig.entities,
      ['tcpListener', { name: 'echo', address: 'echo:7', host: HOST, port: 0 }],
    ])
    const toHub = connectorTo('to-hub', await hub.port('links'))
    const twin = async (...services: unknown[]) =>
      startRouter([...(await routerConfig('twin', authorities)).entities, toHub, ...services])
    await twin(['tcpConnector', { name: 'echo', address: 'echo:7', host: HOST, port: target.port }])
    const port = () => Number(hub.logs({ msg: 'listening', listener: 'echo' }).at(-1)?.['port'])
    await eventually(() => echoed(port(), 'alone'), PATIENCE)

    await anotherSecond()
    const second = await twin()
    await hub.logged({ msg: 'two routers of the network have the same id', router: 'twin' }, PATIENCE)
    await second.kill()

    await eventually(() => echoed(port(), 'alone again'), PATIENCE)
    const served = await Promise.all(Array.from({ length: 50 }, (_, n) => echoed(port(), String(n))))
    expect(served).not.toContain(false)
    expect(hub.log.length).toBeLessThan(MAX_LINES)
  },
)

/** Starts are told apart by the second they happened in: that is all that control messages say of them. */
async function anotherSecond(): Promise<void> {
  const second = (): number => Math.floor(Date.now() / 1000)
  const before = second()
  await eventually(() => second() > before)
}
