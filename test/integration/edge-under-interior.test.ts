import { describe, expect, test } from 'vitest'
import { AmqpClient } from '../../router/amqp/client.ts'
import { call, echo, pour, type Call } from '../support/mesh-streams.ts'
import { edgeAccess, startEdge } from '../support/edge.ts'
import { eventually } from '../support/eventually.ts'
import { link, reachable, startRouter, type TestRouter } from '../support/mesh.ts'
import { passes } from '../support/passes.ts'

const HOST = '127.0.0.1'
const LARGE = { chunk: Buffer.alloc(64 * 1024, 7), count: 320 }

/** A call to the echo at `address`: 20 MB there and back. */
async function callAndBack(router: TestRouter, address: string): Promise<void> {
  await reachable(router, address)
  const flow = call(router.core.forwarder, address)
  await pour(flow, LARGE.chunk, { count: LARGE.count, windowBytes: Infinity })
  await answered(flow, LARGE.chunk.length * LARGE.count)
}

async function answered(flow: Call, bytes: number): Promise<void> {
  await passes(() => {
    expect(flow.answer).toMatchObject({ bytes, events: ['end'] })
  })
}

/** One short request and its answer. */
async function ask(router: TestRouter, address: string): Promise<void> {
  await reachable(router, address)
  const flow = call(router.core.forwarder, address)
  flow.outgoing.write(Buffer.from('hello'))
  flow.outgoing.end()
  await answered(flow, 5)
}

describe('an edge router under ours', () => {
  test('serves the network and is served by it, over two interior routers', async () => {
    const [near, far] = await Promise.all([startRouter('near'), startRouter('far')])
    await link(near, far)
    const edge = await startEdge('edge', (await edgeAccess(near)).port)
    echo(edge.core.forwarder, 'at-edge')
    echo(near.core.forwarder, 'at-near')
    echo(far.core.forwarder, 'at-far')
    edge.core.forwarder.watch('at-near', () => undefined)
    edge.core.forwarder.watch('at-far', () => undefined)
    await ask(near, 'at-edge')
    await ask(edge, 'at-far')
    await callAndBack(far, 'at-edge')
    await callAndBack(edge, 'at-near')
    await callAndBack(edge, 'at-far')
  })

  test('hears when the last consumer elsewhere goes, and does not count its own', async () => {
    const interior = await startRouter('interior')
    const edge = await startEdge('edge', (await edgeAccess(interior)).port)
    const heard: boolean[] = []
    edge.core.forwarder.watch('shop', (news) => heard.push(news))
    const own = edge.core.forwarder.subscribe('shop', () => undefined)
    await reachable(interior, 'shop')
    const other = interior.core.forwarder.subscribe('shop', () => undefined)
    own.close()
    await eventually(() => interior.core.addresses().find(({ key }) => key === 'Mshop')?.subscriberCount === 1)
    await passes(() => {
      expect(heard.at(-1)).toBe(true)
    })
    other.close()
    await passes(() => {
      expect(heard.at(-1)).toBe(false)
    })
  })

  test('two edges under one interior router call each other', async () => {
    const { port } = await edgeAccess(await startRouter('interior'))
    const [one, two] = await Promise.all([startEdge('one', port), startEdge('two', port)])
    for (const [edge, own, other] of [
      [one, 'at-one', 'at-two'],
      [two, 'at-two', 'at-one'],
    ] as const) {
      echo(edge.core.forwarder, own)
      edge.core.forwarder.watch(other, () => undefined)
    }
    await Promise.all([callAndBack(one, 'at-two'), callAndBack(two, 'at-one')])
  })

  test('a slow reader behind the edge slows its own sender only', async () => {
    const interior = await startRouter('interior')
    const edge = await startEdge('edge', (await edgeAccess(interior)).port)
    edge.core.forwarder.subscribe('slow', (delivery) => {
      delivery.pause()
    })
    echo(edge.core.forwarder, 'quick')
    await reachable(interior, 'slow')
    const slow = call(interior.core.forwarder, 'slow')
    void pour(slow, LARGE.chunk, { count: 1_000 })
    await eventually(() => slow.waiting)
    await callAndBack(interior, 'quick')
    expect(slow.handedOver).toBeLessThan(1_000 * LARGE.chunk.length)
  })

  test('the standby uplink takes over, in both directions, and the streams of the lost one end', async () => {
    const [first, second] = await Promise.all([startRouter('first'), startRouter('second')])
    await link(first, second)
    const edge = await startEdge('edge', (await edgeAccess(first)).port, (await edgeAccess(second)).port)
    echo(edge.core.forwarder, 'at-edge')
    echo(second.core.forwarder, 'at-second')
    edge.core.forwarder.watch('at-second', () => undefined)
    await ask(second, 'at-edge')
    await ask(edge, 'at-second')
    // Only the active uplink has links.
    expect(second.core.links().filter(({ address }) => address === 'at-edge')).toEqual([])
    const cut = call(edge.core.forwarder, 'at-second')
    cut.outgoing.write(Buffer.from('never ended'))
    await eventually(() => cut.answer.bytes > 0)

    await first.core.close()
    await passes(() => {
      expect(cut.states.at(-1)).toBe('lost')
    })
    await eventually(() => second.core.links().some(({ address }) => address === 'at-edge'))
    await callAndBack(second, 'at-edge')
    await callAndBack(edge, 'at-second')
  })

  test('an interior router that comes back is found again', async () => {
    const before = await startRouter('interior')
    const { port } = await edgeAccess(before)
    const edge = await startEdge('edge', port)
    echo(edge.core.forwarder, 'at-edge')
    await ask(before, 'at-edge')
    await before.core.close()
    const after = await startRouter('interior', { bootedAt: Date.now() + 5_000 })
    await edgeAccess(after, { port })
    await callAndBack(after, 'at-edge')
  })

  test('an edge that comes back takes the place of its lost connection', async () => {
    const [interior, far] = await Promise.all([startRouter('interior'), startRouter('far')])
    await link(interior, far)
    const { port } = await edgeAccess(interior)
    const before = await startEdge('edge', port)
    echo(before.core.forwarder, 'at-edge')
    await ask(far, 'at-edge')
    await before.core.close()
    await eventually(() => !interior.core.forwarder.reachable('at-edge'))
    const after = await startEdge('edge', port)
    echo(after.core.forwarder, 'at-edge')
    await callAndBack(far, 'at-edge')
  })

  test('clients of the edge ask routers afar and are asked', async () => {
    const [near, far] = await Promise.all([startRouter('near'), startRouter('far')])
    await link(near, far)
    const edge = await startEdge('edge', (await edgeAccess(near)).port)
    for (const router of [far, edge]) {
      router.core.forwarder.onMessage('_local/ask', ({ replyTo, correlationId }, { kind }) => {
        router.core.forwarder.send({ to: replyTo ?? '', correlationId, body: `${router.id} asked by ${kind}` })
      })
    }
    const clients = await far.core.addListener({ name: 'clients', role: 'normal', host: HOST, port: 0 })
    const common = { host: HOST, containerId: 'client', deadlineMs: 5_000 }
    const atEdge = await AmqpClient.connect({ ...common, port: edge.port })
    const atFar = await AmqpClient.connect({ ...common, port: clients.port })
    expect((await atEdge.request('amqp:/_topo/0/far/ask', { body: null })).body).toBe('far asked by network')
    expect((await atFar.request('amqp:/_edge/edge/ask', { body: null })).body).toBe('edge asked by network')
    await Promise.all([atEdge.close(), atFar.close()])
  })

  test('multicast reaches the consumers of edges and interiors once each', async () => {
    const [near, far] = await Promise.all([startRouter('near'), startRouter('far')])
    await link(near, far)
    const { port } = await edgeAccess(near)
    const [one, two] = await Promise.all([startEdge('one', port), startEdge('two', port)])
    const got: string[] = []
    for (const { id, core } of [near, far, one, two]) core.forwarder.onMessage('mc/all', () => got.push(id))
    const at = (router: TestRouter): number | undefined =>
      router.core.addresses().find(({ key }) => key === 'Mmc/all')?.subscriberCount
    await eventually(() => at(near) === 3 && far.core.nodes().length === 2)
    await reachable(far, 'mc/all')
    for (const { core } of [one, far]) {
      got.length = 0
      core.forwarder.send({ to: 'mc/all', body: null })
      await passes(() => {
        expect(got.toSorted()).toEqual(['far', 'near', 'one', 'two'])
      })
    }
  })

  test('an edge with the id of its interior router is refused', async () => {
    const { port } = await edgeAccess(await startRouter('interior'))
    const edge = await startRouter('interior', { mode: 'edge' })
    const connector = edge.core.addConnector({ name: 'up', role: 'edge', host: HOST, port })
    await passes(() => {
      expect(connector).toMatchObject({ status: 'FAILED', message: expect.stringContaining('id interior') as string })
    })
  })
})

test('a flood of addresses is tracked one by one', async () => {
  const interior = await startRouter('interior')
  const edge = await startEdge('edge', (await edgeAccess(interior)).port)
  const known = new Set<number>()
  for (let n = 0; n < 300; n++) {
    edge.core.forwarder.watch(`service-${String(n)}`, (there) => (there ? known.add(n) : known.delete(n)))
  }
  const served = Array.from({ length: 300 }, (_, n) =>
    interior.core.forwarder.subscribe(`service-${String(n)}`, () => undefined),
  )
  await eventually(() => known.size === 300)
  for (const each of served) each.close()
  await eventually(() => known.size === 0)
})
