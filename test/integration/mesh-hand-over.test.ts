import { expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { knows, link, reachable, startRouter } from '../support/mesh.ts'
import { call, echo } from '../support/mesh-streams.ts'
import { tcpProxy } from '../support/tcp-proxy.ts'

const LOOPBACK = '127.0.0.1'

/** `east` dials what stands for a load balancer; behind it is `before`, and later `after`. */
async function behindBalancer() {
  const [before, after, east] = await Promise.all([startRouter('before'), startRouter('after'), startRouter('east')])
  const target = { host: LOOPBACK, port: before.port }
  const balancer = await tcpProxy(target)
  const connector = await link(east, before, { port: balancer.port })
  return { before, after, east, target, connector }
}

test('a router that is about to end hands its links over to the next, and its streams go on', async () => {
  const { before, after, east, target, connector } = await behindBalancer()
  echo(before.core.forwarder, 'shop')
  echo(after.core.forwarder, 'shop')
  await reachable(east, 'shop')
  const { outgoing, answer, states } = call(east.core.forwarder, 'shop')
  outgoing.write(Buffer.from('one'))
  await eventually(() => answer.text === 'one')

  before.core.leave()
  target.port = after.port
  await eventually(() => knows(east, 'after'))
  expect(connector.status).toBe('SUCCESS')
  expect(connector.peer?.routerId).toBe('after')
  expect(knows(east, 'before')).toBe(true)
  outgoing.write(Buffer.from(' two'))
  await eventually(() => answer.text === 'one two')
  expect(states).toEqual([])

  await before.core.close()
  await eventually(() => !knows(east, 'before'))
  expect(connector.status).toBe('SUCCESS')
  const again = call(east.core.forwarder, 'shop')
  again.outgoing.write(Buffer.from('three'))
  await eventually(() => again.answer.text === 'three')
})

test('while nobody follows the link stands, and it fails when the router ends', async () => {
  const { before, after, east, target, connector } = await behindBalancer()
  before.core.leave()
  await eventually(() => east.log.some((line) => line.includes('about to end')))
  expect(connector.status).toBe('SUCCESS')
  expect(knows(east, 'before')).toBe(true)
  await before.core.close()
  await eventually(() => connector.status === 'FAILED')
  target.port = after.port
  await eventually(() => connector.status === 'SUCCESS' && knows(east, 'after'))
})
