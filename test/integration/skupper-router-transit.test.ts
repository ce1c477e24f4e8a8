import { describe, expect, test } from 'vitest'
import { AmqpClient } from '../../router/amqp/client.ts'
import type { ManagementClient } from '../../router/management/client.ts'
import { eventually } from '../support/eventually.ts'
import { manage } from '../support/manage.ts'
import {
  knowsAll,
  knowsHolders,
  mixedLine,
  mixedNetwork,
  startMember,
  type Kind,
  type Member,
} from '../support/mixed-network.ts'
import { passes } from '../support/passes.ts'
import { forgetPeak, memoryOf } from '../support/process-memory.ts'
import { SKROUTERD, UNLESS_SKROUTERD } from '../support/skrouterd.ts'
import { StreamingClient } from '../support/streaming-client.ts'
import { closedPort, tcpClient, tcpPeer } from '../support/tcp-peers.ts'

const PATIENCE = { deadlineMs: 60_000 }
const HOST = '127.0.0.1'
/** skupper-router ends a connection on which more than 4 MiB wait for readers: two connections carry these. */
const STREAMS = 4
const STREAM_BYTES = 40 * 1024 * 1024
/** A TCP stream has at most 1 MiB on its way (protocol sheet, section 4.7); without a bound it would be 160 MiB. */
const MOST_KEPT_BYTES = 80 * 1024 * 1024
/** Each some 10 ms after the other. */
const LOOKS = 150

/** Who stands at both ends of a line of three; the other kind is in the middle. */
const LINES = [
  ['ours – real – ours', 'ours'],
  ['real – ours – real', 'real'],
] as const

function client(member: Member): Promise<AmqpClient> {
  const options = { host: HOST, port: member.clients, containerId: `client-${member.id}`, deadlineMs: 10_000 }
  return AmqpClient.connect(options)
}

describe.skipIf(SKROUTERD === '')(`through routers of both kinds${UNLESS_SKROUTERD}`, () => {
  describe('each receiver gets each multicast message once', () => {
    const SHAPES = [
      ['in a ring with a chord', { a: 'ours', b: 'real', c: 'ours', d: 'real' }, ['ab', 'bc', 'cd', 'da', 'ac']],
      [
        'in a ring with the other chord',
        { a: 'ours', b: 'real', c: 'ours', d: 'real' },
        ['ab', 'bc', 'cd', 'da', 'bd'],
      ],
      ['in a ring of three', { a: 'ours', b: 'real', c: 'ours' }, ['ab', 'bc', 'ca']],
      ['in a line of four', { a: 'ours', b: 'real', c: 'ours', d: 'real' }, ['ab', 'bc', 'cd']],
    ] as const satisfies readonly (readonly [string, Record<string, Kind>, readonly string[]])[]

    test.each(SHAPES)('%s', async (_, kinds, pairs) => {
      const ids = Object.keys(kinds)
      const links = pairs.map((pair): [string, string] => [pair.slice(0, 1), pair.slice(1)])
      const member = await mixedNetwork({ kinds, links })
      const clients = await Promise.all(ids.map(async (id) => ({ id, amqp: await client(member(id)) })))
      const got = new Map(ids.map((id) => [id, [] as unknown[]]))
      // Two at each router: one copy comes by the link, and each gets one.
      for (const { id, amqp } of clients) {
        await amqp.subscribe('mc/news', ({ body }) => got.get(id)?.push(body))
        await amqp.subscribe('mc/news', ({ body }) => got.get(id)?.push(body))
      }
      await Promise.all(ids.map((id) => knowsHolders(member(id), 'mc/news', ids.length - 1)))

      // What is sent twice for one message comes by a longer way, behind its own copy: the last round is the fence.
      const wanted: string[] = []
      for (let round = 0; round < 5; round++) {
        for (const { id, amqp } of clients) {
          const body = `${id} ${String(round)}`
          wanted.push(body, body)
          await amqp.send('mc/news', { body })
        }
        await passes(() => {
          for (const id of ids) expect([id, got.get(id)?.toSorted()]).toEqual([id, wanted.toSorted()])
        })
      }
    })
  })

  describe.each(LINES)('%s', (_, ends) => {
    test('who comes late is told of routers and addresses two hops away, by control messages to one router', async () => {
      const kinds = { near: ends, middle: ends === 'ours' ? ('real' as const) : ('ours' as const), far: ends }
      const ports = new Map(await Promise.all(Object.keys(kinds).map(async (id) => [id, await closedPort()] as const)))
      const portOf = (id: string) => ports.get(id) ?? 0
      const links = [
        ['far', 'middle'],
        ['near', 'middle'],
      ] as const
      const shape = { kinds, links }
      const middle = await startMember('middle', shape, portOf)
      const far = await startMember('far', shape, portOf)
      await knowsAll(far, ['middle'])
      const amqp = await client(far)
      for (let n = 0; n < 40; n++) await amqp.subscribe(`shop-${String(n)}`, () => undefined)
      await knowsHolders(middle, 'shop-39', 1)

      // The changes were told before: all that `near` can have of them are answers to what it asks `far`, and back.
      const near = await startMember('near', shape, portOf)
      await knowsAll(near, ['middle', 'far'])
      for (const n of [0, 17, 39]) await knowsHolders(near, `shop-${String(n)}`, 1)
      const nodes = await (await manage(near.clients)).query('router.node')
      const [seen] = nodes.filter(({ id }) => id === 'far')
      expect(String(seen?.linkState)).toContain('middle')
      expect(seen?.nextHop).toMatch(/middle/)
      // And the other way round: `far` has heard of `near` by its own questions.
      await knowsAll(far, ['near'])
    })

    test('a message keeps its priority, and leaves by the link of that priority', async () => {
      const member = await mixedLine(ends)
      const heard: unknown[] = []
      await (await client(member('far'))).subscribe('jobs', ({ header }) => heard.push(header?.priority))
      await knowsHolders(member('near'), 'jobs', 1)
      const sender = await client(member('near'))
      // A real router tells what came and went by each of its links.
      const counting = await manage(member(ends === 'ours' ? 'middle' : 'far').clients)
      const passed = ends === 'ours' ? ['in', 'out'] : ['in']
      for (const [n, priority] of [0, 3, 7, 9].entries()) {
        const before = await deliveries(counting)
        await sender.send('jobs', { header: { priority }, body: 'work' })
        await eventually(() => heard.length === n + 1)
        expect(heard.at(-1)).toBe(priority)
        await eventually(async () => {
          const grown = [...(await deliveries(counting))].filter(([link, count]) => count !== (before.get(link) ?? 0))
          expect(grown.map(([link]) => link).toSorted()).toEqual(passed.map((dir) => `${dir} ${String(priority)}`))
          return true
        })
      }
    })

    test(
      'readers that stop hold up their own senders, and no router keeps more than a bound',
      { timeout: 180_000 },
      async () => {
        let reads = false
        const target = await tcpPeer((socket) => (reads ? socket.resume() : socket.pause()))
        const port = await closedPort()
        const member = await mixedLine(ends, {
          near: [['tcpListener', { name: 'in', address: 'bulk', host: HOST, port }]],
          far: [['tcpConnector', { name: 'out', address: 'bulk', host: HOST, port: String(target.port) }]],
        })
        await eventually(() => isOpen(port), PATIENCE)
        const routers = ['near', 'middle', 'far'].map((id) => member(id))
        for (const { pid } of routers) await forgetPeak(pid)
        const before = await Promise.all(routers.map(({ pid }) => memoryOf(pid)))

        const writers = Array.from({ length: STREAMS }, () => new BulkWriter(port, STREAM_BYTES))
        await eventually(() => target.sockets.length >= STREAMS, PATIENCE)
        await standStill(() => writers.reduce((sum, { taken }) => sum + taken, 0))
        expect(writers.every(({ done }) => !done)).toBe(true)

        reads = true
        for (const socket of target.sockets) socket.resume()
        await eventually(() => writers.every(({ done }) => done), PATIENCE)
        await eventually(
          () => target.sockets.reduce((sum, { bytesRead }) => sum + bytesRead, 0) === STREAMS * STREAM_BYTES,
          PATIENCE,
        )
        const after = await Promise.all(routers.map(({ pid }) => memoryOf(pid)))
        for (const [n, { id, kind }] of routers.entries()) {
          const grown = (after[n]?.peak ?? 0) - (before[n]?.now ?? 0)
          expect(grown, `bytes that ${id}, a router of kind ${kind}, has kept`).toBeLessThan(MOST_KEPT_BYTES)
        }
      },
    )

    test('when the far router dies, the sender is given its stream back', async () => {
      const member = await mixedLine(ends)
      const { outgoing } = await streamThrough(member)
      member('far').kill()
      await eventually(() => outgoing.states.some(([state]) => state?.kind === 'released'), PATIENCE)
      // It need not be settled before its sender has ended it.
      outgoing.delivery.end()
      await eventually(() => outgoing.states.at(-1)?.[1] === true, PATIENCE)
      expect(outgoing.states.every(([state]) => state === undefined || state.kind === 'released')).toBe(true)
    })

    test('when the near router dies, the receiver is told that its stream was cut short', async () => {
      const member = await mixedLine(ends)
      const { incoming } = await streamThrough(member)
      member('near').kill()
      await passes(() => {
        expect(incoming.heard).toEqual(['aborted'])
      }, PATIENCE)
    })
  })
})

/** A stream from a client of `near` to one of `far`, under way. */
async function streamThrough(member: (id: string) => Member) {
  const taken = await (await StreamingClient.connect(member('far').clients)).take('words')
  await knowsHolders(member('near'), 'words', 1)
  const outgoing = await (await StreamingClient.connect(member('near').clients)).open('words')
  outgoing.write('the beginning')
  const incoming = await taken.nth(0)
  await eventually(() => incoming.text.endsWith('the beginning'), PATIENCE)
  return { outgoing, incoming }
}

/** How many deliveries each data link between routers has carried: by direction and priority. */
async function deliveries(manager: ManagementClient): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>()
  for (const row of await manager.query('router.link')) {
    if (row.linkType !== 'inter-router') continue
    const link = `${String(row['linkDir'])} ${String(row['priority'])}`
    counts.set(link, (counts.get(link) ?? 0) + Number(row['deliveryCount']))
  }
  return counts
}

/** Writes as much to a port as is taken, at the pace of whoever reads it. */
class BulkWriter {
  taken = 0
  done = false

  constructor(port: number, total: number) {
    const { socket } = tcpClient(port)
    const chunk = Buffer.alloc(64 * 1024)
    const write = (): void => {
      while (this.taken < total) {
        this.taken += chunk.length
        if (!socket.write(chunk)) return void socket.once('drain', write)
      }
      socket.end(() => (this.done = true))
    }
    socket.once('connect', write)
  }
}

async function isOpen(port: number): Promise<boolean> {
  const { socket, outcome } = tcpClient(port)
  const refused = await Promise.race([outcome, new Promise((resolve) => socket.once('connect', resolve))])
  socket.destroy()
  return refused === undefined
}

/** Waits until a number is the same for so many looks. */
async function standStill(look: () => number): Promise<void> {
  let [last, same] = [-1, 0]
  await eventually(() => {
    const now = look()
    same = now === last ? same + 1 : 0
    last = now
    return same >= LOOKS
  }, PATIENCE)
}
