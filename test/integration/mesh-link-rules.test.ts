import { expect, test } from 'vitest'
import { encodeMessage } from '../../router/amqp/message.ts'
import { int } from '../../router/amqp/value.ts'
import { CAPABILITY } from '../../router/mesh/connection/capabilities.ts'
import { eventually } from '../support/eventually.ts'
import { startRouter } from '../support/mesh.ts'
import { passes } from '../support/passes.ts'
import { rawDial, rawListen, routerOptions, type RawPeer } from '../support/raw-peer.ts'

const grouped = (correlator: string, more: Record<string, unknown> = {}) =>
  routerOptions('peer', { properties: { 'qd.group-correlator': correlator, ...more } })
const DATA_ROLE = { 'qd.inter-router-role': int(4) }

test('a dialling router attaches one control pair, then ten data pairs, and dials its data connections', async () => {
  const { port, peers } = await rawListen(routerOptions('peer'))
  const { core } = await startRouter('us')
  core.addConnector({ name: 'link', role: 'inter-router', host: '127.0.0.1', port, cost: 5, dataConnections: 1 })
  await eventually(() => peers.length === 2 && peers[1]?.peer !== undefined)
  // As we see it: its receiver is our sender.
  const pair = (capability: string) => [`sender ${capability}`, `receiver ${capability}`]
  const correlator = expect.stringMatching(/^.{15}$/) as string
  const [said, saidOfData] = peers.map(({ peer }) => Object.fromEntries(peer?.properties ?? []))
  expect(peers.map(linksOf)).toEqual([
    [...pair('qd.router'), ...Array.from({ length: 10 }, () => pair('qd.router-data')).flat()],
    [],
  ])
  expect(peers[0]?.peer).toMatchObject({ containerId: 'us', idleTimeoutMs: 8000, maxFrameSize: 16384 })
  expect(said).toMatchObject({ 'qd.inter-router-cost': 5, 'qd.group-correlator': correlator })
  expect(saidOfData).toEqual({ ...said, 'qd.conn-id': 2, 'qd.inter-router-role': 4 })
})

function linksOf({ attached }: RawPeer): string[] {
  return attached.map(({ role, source }) => `${role} ${String(source?.capabilities)}`)
}

test('without trunking there are no data connections, and streams share the control connection', async () => {
  const { port, peers } = await rawListen(routerOptions('peer', { offeredCapabilities: [CAPABILITY.streamingLinks] }))
  const { core } = await startRouter('us')
  const connector = core.addConnector({ name: 'link', role: 'inter-router', host: '127.0.0.1', port })
  await eventually(() => connector.status === 'SUCCESS')
  expect(peers.length).toBe(1)
})

test('links that have no place on a connection between routers are refused', async () => {
  const { port } = await startRouter('us')
  const peer = await rawDial(port, routerOptions('peer'))
  peer.openSender(undefined, 'somewhere')
  await passes(() => {
    expect(peer.detached).toEqual(['amqp:not-allowed'])
  })
  peer.attachAll()
  peer.openReceiver(CAPABILITY.control)
  peer.openReceiver(CAPABILITY.data)
  await passes(() => {
    expect(peer.detached.length).toBe(3)
  })
  expect(peer.closed).toBe(false)
})

test('deliveries are served alike on every data link and on further ones for streams', async () => {
  const { core, port } = await startRouter('us')
  const seen: unknown[] = []
  core.forwarder.onMessage('shop', ({ body }) => seen.push(body))
  const peer = await rawDial(port, routerOptions('peer'))
  const { data } = peer.attachAll()
  const senders = [...data.map(({ sender }) => sender), peer.openSender(CAPABILITY.data)]
  for (const [i, sender] of senders.entries()) await peer.send(sender, encodeMessage({ to: 'shop', body: i }))
  await passes(() => {
    expect(seen.length).toBe(11)
  })
})

test('messages leave on the data link of their priority, 4 where they have none', async () => {
  const { core, port } = await startRouter('us')
  const peer = await rawDial(port, routerOptions('peer'))
  const { control, data } = peer.attachAll()
  await peer.hello(control.sender, 'peer', 'us')
  await eventually(() => core.forwarder.send({ to: 'amqp:/_topo/0/peer/x', header: { priority: 7 }, body: 1 }))
  core.forwarder.send({ to: 'amqp:/_topo/0/peer/x', body: 1 })
  const priorities = () =>
    peer.deliveries.map(({ receiver }) => data.findIndex((pair) => pair.receiver === receiver)).filter((at) => at >= 0)
  await passes(() => {
    expect(priorities().toSorted()).toEqual([4, 7])
  })
})

test('a data connection carries streams only, and must belong to a group', async () => {
  const { core, port } = await startRouter('us')
  const lonely = await rawDial(port, routerOptions('peer', { properties: DATA_ROLE }))
  await eventually(() => lonely.closed)
  expect(lonely.closedBy).toBe('amqp:invalid-field')

  const data = await rawDial(port, grouped('group', DATA_ROLE))
  const control = await rawDial(port, grouped('group'))
  control.attachAll()
  data.openSender(CAPABILITY.data)
  await passes(() => {
    expect(data.detached).toEqual(['amqp:not-allowed'])
  })
  await eventually(() => core.links().filter(({ type }) => type === 'inter-router').length === 20)
  expect(
    core
      .connections()
      .map(({ role }) => role)
      .toSorted(),
  ).toEqual(['inter-router', 'inter-router-data'])
})

test('of two control connections of one connector the one with the newer certificates stays', async () => {
  const { core, port } = await startRouter('us')
  const ordinal = (of: number) => grouped('group', { 'qd.group-ordinal': int(of) })
  const first = await rawDial(port, ordinal(1))
  first.attachAll()
  const same = await rawDial(port, ordinal(1))
  await eventually(() => same.closed)
  expect(same.closedBy).toBe('amqp:connection:forced')
  const newer = await rawDial(port, ordinal(2))
  newer.attachAll()
  await eventually(() => newer.deliveries.length > 0)
  const before = first.deliveries.length
  core.control.tick()
  await eventually(() => newer.deliveries.length > 1)
  expect(first.deliveries.length).toBe(before)
  expect(first.closed).toBe(false)
})

test('streams to a router that takes no links for streams share its data links', async () => {
  const { core } = await startRouter('us')
  const { port, peers } = await rawListen(routerOptions('peer', { offeredCapabilities: [] }))
  core.addConnector({ name: 'link', role: 'inter-router', host: '127.0.0.1', port })
  await eventually(() => peers[0]?.attached.length === 22)
  const [peer] = peers
  const control = peer?.attached.find(({ role }) => role === 'sender')
  if (control?.role === 'sender') await peer?.hello(control, 'peer', 'us')
  const stream = await eventually(() => core.forwarder.open({ to: 'amqp:/_topo/0/peer/x' }))
  stream.write(Buffer.from('raw'))
  await eventually(() => {
    const [found] = peer?.deliveries.filter(({ bytes }) => Buffer.concat(bytes).toString().endsWith('raw')) ?? []
    return found !== undefined && peer?.attached.includes(found.receiver)
  })
})
