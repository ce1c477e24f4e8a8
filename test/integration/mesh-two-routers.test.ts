import { expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { passes } from '../support/passes.ts'
import { knows, link, reachable, startRouter } from '../support/mesh.ts'
import { call, echo, take } from '../support/mesh-streams.ts'

test('two routers link, and each knows the other and what it cost', async () => {
  const west = await startRouter('west', { listener: { cost: 3 } })
  const east = await startRouter('east')
  const connector = await link(east, west, { cost: 2 })
  await passes(() => {
    expect(connector).toMatchObject({ status: 'SUCCESS', peer: { routerId: 'west', cost: 3 } })
  })
  expect(east.core.nodes().find(({ routerId }) => routerId === 'west')?.cost).toBe(3)
  expect(west.core.nodes().find(({ routerId }) => routerId === 'east')?.cost).toBe(3)
  expect(connector.message).toBe('linked to router west at cost 3')
})

test('a link has one control connection and as many data connections as wanted', async () => {
  const west = await startRouter('west')
  const east = await startRouter('east')
  await link(east, west, { dataConnections: 3 })
  const roles = () => west.core.connections().map(({ role }) => role)
  await passes(() => {
    expect(roles().toSorted()).toEqual(['inter-router', 'inter-router-data', 'inter-router-data', 'inter-router-data'])
  })
  const types = west.core.links().map(({ type }) => type)
  expect(types.filter((type) => type === 'router-control').length).toBe(2)
  expect(types.filter((type) => type === 'inter-router').length).toBe(20)
})

test.each([0, 2])('streams run both ways with %i data connections', async (dataConnections) => {
  const west = await startRouter('west')
  const east = await startRouter('east')
  await link(east, west, { dataConnections })
  echo(west.core.forwarder, 'from-east')
  echo(east.core.forwarder, 'from-west')
  await reachable(east, 'from-east')
  await reachable(west, 'from-west')
  for (const [router, address] of [
    [east, 'from-east'],
    [west, 'from-west'],
  ] as const) {
    const { outgoing, answer, states } = call(router.core.forwarder, address)
    outgoing.write(Buffer.from('hello '))
    await eventually(() => answer.text === 'hello ')
    outgoing.write(Buffer.from('world'))
    outgoing.end()
    await eventually(() => answer.events.includes('end'))
    expect(answer.text).toBe('hello world')
    await passes(() => {
      expect(states).toEqual(['accepted settled'])
    })
  }
})

test('addresses appear and disappear in the whole network', async () => {
  const west = await startRouter('west')
  const east = await startRouter('east')
  await link(east, west)
  const seen: boolean[] = []
  east.core.forwarder.watch('shop', (is) => seen.push(is))
  const subscription = west.core.forwarder.subscribe('shop', () => undefined)
  await passes(() => {
    expect(seen).toEqual([false, true])
  })
  subscription.close()
  await passes(() => {
    expect(seen).toEqual([false, true, false])
  })
})

test('a receiver that settles early ends the stream of its sender', async () => {
  const west = await startRouter('west')
  const east = await startRouter('east')
  await link(east, west)
  const taken = take(west.core.forwarder, 'shop')
  await reachable(east, 'shop')
  const { states } = call(east.core.forwarder, 'shop')
  await eventually(() => taken.length === 1)
  taken[0]?.delivery.update({ kind: 'received', offset: 5 }, false)
  taken[0]?.delivery.update({ kind: 'modified', deliveryFailed: true, undeliverableHere: false }, true)
  await passes(() => {
    expect(states).toEqual(['received 5', 'modified settled'])
  })
})

test('an aborted stream arrives as aborted', async () => {
  const west = await startRouter('west')
  const east = await startRouter('east')
  await link(east, west)
  const taken = take(west.core.forwarder, 'shop')
  await reachable(east, 'shop')
  const { outgoing } = call(east.core.forwarder, 'shop')
  outgoing.write(Buffer.from('half of it'))
  await eventually(() => taken[0]?.record.text === 'half of it')
  outgoing.abort()
  await passes(() => {
    expect(taken[0]?.record.events).toEqual(['aborted'])
  })
})

test('both routers may dial each other: when one link is deleted the other carries on', async () => {
  const west = await startRouter('west')
  const east = await startRouter('east')
  await link(east, west)
  const back = await link(west, east, { cost: 2 })
  await eventually(() => back.status === 'SUCCESS')
  east.core.removeConnector('to-west')
  await eventually(() => east.core.connections().filter(({ dir }) => dir === 'out').length === 0)
  await passes(() => {
    expect(east.core.nodes().find(({ routerId }) => routerId === 'west')?.cost).toBe(2)
  })
  expect(knows(west, 'east')).toBe(true)
})
