import { expect, test } from 'vitest'
import { SkupperError } from '../../core/model/error.ts'
import { eventually } from '../support/eventually.ts'
import { passes } from '../support/passes.ts'
import { frozenLink } from '../support/frozen-link.ts'
import { knows, line, link, reachable, startRouter } from '../support/mesh.ts'
import { call, echo, take } from '../support/mesh-streams.ts'

const LOST = new SkupperError('test/lost', 'the test pulled the plug')

test('when the middle is lost, streams through it end on both sides and addresses go', async () => {
  const [west, middle, east] = await line('west', 'middle', 'east')
  const taken = take(east.core.forwarder, 'shop')
  await reachable(west, 'shop')
  const { outgoing, states } = call(west.core.forwarder, 'shop')
  outgoing.write(Buffer.from('half'))
  await eventually(() => taken[0]?.record.text === 'half')
  middle.core.destroy(LOST)
  await passes(() => {
    expect(states).toEqual(['lost'])
    expect(taken[0]?.record.events).toEqual(['aborted'])
    expect(west.core.forwarder.reachable('shop')).toBe(false)
  })
})

test('when the far end is lost, the router in the middle gives its streams back as released, settled at their end', async () => {
  const [west, , east] = await line('west', 'middle', 'east')
  const taken = take(east.core.forwarder, 'shop')
  await reachable(west, 'shop')
  const { states, outgoing } = call(west.core.forwarder, 'shop')
  await eventually(() => taken.length === 1)
  east.core.destroy(LOST)
  await passes(() => {
    expect(states).toEqual(['released'])
    expect(west.core.forwarder.reachable('shop')).toBe(false)
  })
  outgoing.end()
  await passes(() => {
    expect(states).toEqual(['released', 'released settled'])
  })
})

test('when the near end is lost, the far end sees its stream aborted', async () => {
  const [west, middle, east] = await line('west', 'middle', 'east')
  const taken = take(east.core.forwarder, 'shop')
  await reachable(west, 'shop')
  call(west.core.forwarder, 'shop').outgoing.write(Buffer.from('half'))
  await eventually(() => taken[0]?.record.text === 'half')
  west.core.destroy(LOST)
  await passes(() => {
    expect(taken[0]?.record.events).toEqual(['aborted'])
  })
  expect(knows(middle, 'east')).toBe(true)
})

test('a router that comes back is linked again by itself', async () => {
  const before = await startRouter('west')
  const east = await startRouter('east')
  const connector = await link(east, before)
  await before.core.close()
  await passes(() => {
    expect(connector.status).toBe('FAILED')
    expect(knows(east, 'west')).toBe(false)
  })
  const after = await startRouter('west', { listener: { port: before.port }, bootedAt: Date.now() + 1000 })
  echo(after.core.forwarder, 'shop')
  await reachable(east, 'shop')
  expect(connector.status).toBe('SUCCESS')
  const { outgoing, answer } = call(east.core.forwarder, 'shop')
  outgoing.write(Buffer.from('again'))
  await eventually(() => answer.text === 'again')
})

test('a network that drops everything is noticed, and heals by itself', async () => {
  const west = await startRouter('west', { listener: { idleTimeoutMs: 2000 } })
  const east = await startRouter('east')
  const wire = await frozenLink(west.port)
  const connector = await link(east, west, { port: wire.port, idleTimeoutMs: 2000 })
  echo(west.core.forwarder, 'shop')
  await reachable(east, 'shop')
  const { states } = call(east.core.forwarder, 'shop')
  wire.freeze()
  await passes(() => {
    expect(states).toEqual(['lost'])
    expect(connector.status).toBe('FAILED')
    expect(east.core.forwarder.reachable('shop')).toBe(false)
    expect(west.core.connections()).toEqual([])
  })
  wire.thaw()
  await reachable(east, 'shop')
  expect(connector.status).toBe('SUCCESS')
})

test('a deleted connector closes its link and does not come back', async () => {
  const west = await startRouter('west')
  const east = await startRouter('east')
  await link(east, west)
  expect(east.core.removeConnector('to-west')).toBe(true)
  expect(east.core.removeConnector('to-west')).toBe(false)
  await passes(() => {
    expect(knows(east, 'west')).toBe(false)
    expect(west.core.connections()).toEqual([])
    expect(east.core.connections()).toEqual([])
  })
})

test('a connection closed by management is dialled again', async () => {
  const west = await startRouter('west')
  const east = await startRouter('east')
  const connector = await link(east, west)
  const [control] = west.core.connections().filter(({ role }) => role === 'inter-router')
  expect(west.core.closeConnection(control?.id ?? 0)).toBe(true)
  await eventually(() => connector.status === 'FAILED')
  await eventually(() => connector.status === 'SUCCESS' && knows(east, 'west'))
})
