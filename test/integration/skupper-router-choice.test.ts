import { describe, expect, test } from 'vitest'
import type { EntityConfig } from '../../router/config/entities.ts'
import { eventually } from '../support/eventually.ts'
import { manage } from '../support/manage.ts'
import { knowsAll, knowsHolders, mixedNetwork, startMember, type Kind, type Member } from '../support/mixed-network.ts'
import { SKROUTERD, UNLESS_SKROUTERD } from '../support/skrouterd.ts'
import { closedPort, echoPeer, tcpClient, type TcpClient } from '../support/tcp-peers.ts'

const HOST = '127.0.0.1'
const PATIENCE = { deadlineMs: 60_000 }

const target = (port: number): EntityConfig => [
  'tcpConnector',
  { name: 'out', address: 'shop', host: HOST, port: String(port) },
]
const entrance = (port: number): EntityConfig => ['tcpListener', { name: 'in', address: 'shop', host: HOST, port }]

/** A client that has been answered, and stays. */
async function served(port: number, words: string): Promise<TcpClient> {
  return eventually(async () => {
    const client = tcpClient(port)
    client.socket.write(words)
    await Promise.race([client.outcome, eventually(() => client.text() === words, PATIENCE)])
    return client.text() === words ? client : undefined
  }, PATIENCE)
}

/** By which neighbour a router reaches another. */
async function wayTo(member: Member, id: string): Promise<string> {
  const nodes = await (await manage(member.clients)).query('router.node')
  const node = nodes.find((each) => each.id === id)
  return typeof node?.['nextHop'] === 'string' ? node['nextHop'] : ''
}

describe.skipIf(SKROUTERD === '')(`where new streams go${UNLESS_SKROUTERD}`, () => {
  test('over all data connections to skupper-router', async () => {
    const [port, echo] = [await closedPort(), await echoPeer()]
    const entities = { near: [entrance(port)], far: [target(echo.port)] }
    const member = await mixedNetwork({ kinds: { near: 'ours', far: 'real' }, links: [['near', 'far']], entities })
    const words = 'x'.repeat(50_000)
    for (let n = 0; n < 6; n++) await served(port, words)
    const connections = await (await manage(member('near').clients)).query('connection')
    const data = connections.filter(({ role }) => role === 'inter-router-data')
    expect(data.length).toBe(2)
    for (const { bytesOut } of data) expect(Number(bytesOut)).toBeGreaterThan(2 * words.length)
  })

  // What skupper-router counts of streams that it sends on is its own matter.
  test('balanced: to the least of open streams and cost, here and beyond a link to skupper-router', async () => {
    const [port, here, there] = [await closedPort(), await echoPeer(), await echoPeer()]
    const [links, cost] = [await closedPort(), 4]
    const way = { host: HOST, role: 'inter-router', cost } as const
    const entities: Record<string, readonly EntityConfig[]> = {
      near: [entrance(port), target(here.port), ['connector', { name: 'dear', ...way, port: String(links) }]],
      far: [target(there.port), ['listener', { name: 'dear', ...way, port: links }]],
    }
    const member = await mixedNetwork({
      kinds: { near: 'ours', far: 'real' },
      links: [],
      reaches: [['near', 'far']],
      entities,
    })
    await knowsHolders(member('near'), 'shop', 1)
    for (let n = 0; n < 12; n++) await served(port, `client ${String(n)}`)
    // Up to the cost of the way all stay here; then both get the same.
    expect([here.sockets.length, there.sockets.length]).toEqual([8, 4])
  })

  test.each(['ours', 'real'] as const)('by a cheaper way through %s again once that is back', async (cheap: Kind) => {
    const dear: Kind = cheap === 'ours' ? 'real' : 'ours'
    const [port, echo, costly] = [await closedPort(), await echoPeer(), await closedPort()]
    const ports = new Map<string, number>()
    for (const id of ['near', 'cheap', 'dear', 'far']) ports.set(id, await closedPort())
    const portOf = (id: string) => ports.get(id) ?? 0
    const way = { host: HOST, role: 'inter-router', cost: 5 } as const
    const by: EntityConfig = ['connector', { name: 'by', ...way, port: String(costly) }]
    const shape = {
      kinds: { near: 'ours', cheap, dear, far: 'real' },
      links: [
        ['near', 'cheap'],
        ['far', 'cheap'],
      ],
      entities: {
        near: [entrance(port), by],
        far: [target(echo.port), by],
        dear: [['listener', { name: 'by', ...way, port: costly }]],
      },
    } as const
    const [near, middle] = await Promise.all(
      ['near', 'cheap', 'dear', 'far'].map((id) => startMember(id, shape, portOf)),
    )
    if (near === undefined || middle === undefined) throw new Error('each was started')
    await knowsAll(near, ['cheap', 'dear', 'far'])
    await eventually(async () => (await wayTo(near, 'far')).endsWith('cheap'), PATIENCE)
    await served(port, 'by the cheap way')
    middle.kill()
    await eventually(async () => (await wayTo(near, 'far')).endsWith('dear'), PATIENCE)
    const stays = await served(port, 'by the dear way')
    await startMember('cheap', shape, portOf)
    await eventually(async () => (await wayTo(near, 'far')).endsWith('cheap'), PATIENCE)
    await served(port, 'by the cheap way again')
    stays.socket.write(', still')
    await eventually(() => stays.text() === 'by the dear way, still', PATIENCE)
  })
})
