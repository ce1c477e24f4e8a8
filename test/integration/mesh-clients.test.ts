import { expect, test } from 'vitest'
import { AmqpClient } from '../../router/amqp/client.ts'
import { certificatesFor } from '../support/certificates.ts'
import { eventually } from '../support/eventually.ts'
import { passes } from '../support/passes.ts'
import { line, reachable, startRouter, type TestRouter } from '../support/mesh.ts'

const HOST = '127.0.0.1'

async function clientOf(router: TestRouter): Promise<AmqpClient> {
  const listener = await router.core.addListener({ name: 'clients', role: 'normal', host: HOST, port: 0 })
  return AmqpClient.connect({ host: HOST, port: listener.port, containerId: 'client', deadlineMs: 5000 })
}

test('a client asks a router two hops away and gets its answer', async () => {
  const [west, , east] = await line('west', 'middle', 'east')
  east.core.forwarder.onMessage('_local/ask', ({ replyTo, correlationId, body }, origin) => {
    east.core.forwarder.send({ to: replyTo ?? '', correlationId, body: { heard: body, from: origin.kind } })
  })
  const client = await clientOf(west)
  const reply = await client.request('amqp:/_topo/0/east/ask', { body: 'hello' })
  expect(reply.body).toEqual(
    new Map([
      ['heard', 'hello'],
      ['from', 'network'],
    ]),
  )
  await client.close()
})

test('clients of different routers send each other messages, whole and without annotations', async () => {
  const [west, , east] = await line('west', 'middle', 'east')
  const receiver = await clientOf(east)
  const sender = await clientOf(west)
  const got: unknown[] = []
  await receiver.subscribe('inbox', ({ body }) => got.push(Buffer.isBuffer(body) ? body.length : body))
  await reachable(west, 'inbox')
  await sender.send('inbox', { body: 'small' })
  await sender.send('inbox', { body: Buffer.alloc(1024 * 1024) })
  await passes(() => {
    expect(got).toEqual(['small', 1024 * 1024])
  })
  await receiver.close()
  await eventually(() => !west.core.forwarder.reachable('inbox'))
  await expect(sender.send('inbox', { body: 1 })).rejects.toMatchObject({
    code: 'amqp/not-accepted',
    given: 'released',
  })
  await sender.close()
})

test('a multicast message of a client reaches every other client', async () => {
  const [west, , east] = await line('west', 'middle', 'east')
  const got: unknown[] = []
  const clients = [await clientOf(west), await clientOf(east)]
  for (const client of clients) await client.subscribe('mc/sync', (message) => got.push(message.subject))
  await reachable(west, 'mc/sync')
  await reachable(east, 'mc/sync')
  await clients[0]?.send('mc/sync', { subject: 'one', body: 1 })
  await passes(() => {
    expect(got).toEqual(['one', 'one'])
  })
  for (const client of clients) await client.close()
})

test('only a client with a certificate of the local CA counts as local', async () => {
  const { router, client: own } = await certificatesFor('router', 'client')
  const core = (await startRouter('west')).core
  const origins: unknown[] = []
  core.forwarder.onMessage('$management', (_, origin) => origins.push(origin))
  const locals = { name: 'local', role: 'normal', host: HOST, port: 0, tls: router } as const
  const { port } = await core.addListener(locals)
  const open = await core.addListener({ ...locals, name: 'open', authenticatePeer: false })
  const common = { host: HOST, containerId: 'test', deadlineMs: 5000 }
  const trusted = await AmqpClient.connect({ ...common, port, tls: own })
  await trusted.send('$management', { body: null })
  const stranger = await AmqpClient.connect({ ...common, port: open.port, tls: own }).catch(() => undefined)
  await stranger?.send('$management', { body: null })
  expect(origins[0]).toEqual({ kind: 'local-client', peer: 'test' })
  expect(origins.slice(1)).not.toContainEqual({ kind: 'local-client', peer: 'test' })
  await trusted.close()
  await stranger?.close()
})

test.each(['$management', '_topo/0/east/x', '_$qd.edge_addr_tracking', '_local/qdhello'])(
  'a client cannot receive from %s',
  async (address) => {
    const client = await clientOf(await startRouter('west'))
    await expect(client.subscribe(address, () => undefined)).rejects.toMatchObject({ given: 'amqp:not-allowed' })
    await client.close()
  },
)
