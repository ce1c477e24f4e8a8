import { describe, expect, test } from 'vitest'
import { connectorTo, routerConfig, testAuthorities } from '../support/router-config.ts'
import { eventually } from '../support/eventually.ts'
import { manage } from '../support/manage.ts'
import { startRouter } from '../support/router-process.ts'
import type { EntityConfig } from '../../router/config/entities.ts'
import { SKROUTERD, startSkupperRouter, UNLESS_SKROUTERD, type SkupperEntity } from '../support/skrouterd.ts'
import { closedPort, tcpClient, tcpPeer } from '../support/tcp-peers.ts'

const HOST = '127.0.0.1'

/** A target that says its name to whoever comes. */
async function target(name: string): Promise<number> {
  return (await tcpPeer((socket) => socket.end(name))).port
}

async function heard(port: number): Promise<string> {
  const client = tcpClient(port)
  await client.outcome
  return client.text()
}

/** Two linked routers: clients come in at the first, targets are given to the second. */
async function pair() {
  const authorities = await testAuthorities()
  const [entry, exit] = [await routerConfig('entry', authorities), await routerConfig('exit', authorities)]
  const far = await startRouter(exit.entities)
  const near = await startRouter([...entry.entities, connectorTo('link', await far.port('links'))])
  return {
    near: await manage(await near.port('local'), entry.clientTls),
    far: await manage(await far.port('local'), exit.clientTls),
  }
}

describe('a listener with several addresses', () => {
  test('priority: the preferred address loses its last target, and gets one again', async () => {
    const { near, far } = await pair()
    const port = await closedPort()
    const listener = { host: HOST, port: String(port), multiAddressStrategy: 'priority' }
    await near.create('tcpListener', 'web', listener)
    await near.create('listenerAddress', 'web-first', { address: 'first', value: 2, listener: 'web' })
    await near.create('listenerAddress', 'web-second', { address: 'second', value: 1, listener: 'web' })
    const preferred = { address: 'first', host: HOST, port: String(await target('first')) }
    await far.create('tcpConnector', 'second', { address: 'second', host: HOST, port: String(await target('second')) })
    await eventually(async () => (await heard(port)) === 'second')
    await far.create('tcpConnector', 'first', preferred)
    await eventually(async () => (await heard(port)) === 'first')
    await far.delete('tcpConnector', { name: 'first' })
    await eventually(async () => (await heard(port)) === 'second')
    await far.create('tcpConnector', 'first', preferred)
    await eventually(async () => (await heard(port)) === 'first')

    // Made anew, the listener still has its addresses.
    await near.delete('tcpListener', { name: 'web' })
    await near.create('tcpListener', 'web', listener)
    await eventually(async () => (await heard(port)) === 'first')
    await near.delete('listenerAddress', { name: 'web-first' })
    await eventually(async () => (await heard(port)) === 'second')
  })

  test('weighted: each address gets its share', async () => {
    const { near, far } = await pair()
    const port = await closedPort()
    await near.create('tcpListener', 'web', { host: HOST, port: String(port), multiAddressStrategy: 'weighted' })
    for (const [name, value] of [
      ['often', 3],
      ['seldom', 1],
      ['never', 0],
    ] as const) {
      await near.create('listenerAddress', name, { address: name, value, listener: 'web' })
      await far.create('tcpConnector', name, { address: name, host: HOST, port: String(await target(name)) })
    }
    const names = new Map<string, number>()
    await eventually(async () => {
      const name = await heard(port)
      names.set(name, (names.get(name) ?? 0) + 1)
      return (names.get('often') ?? 0) + (names.get('seldom') ?? 0) >= 120 && (names.get('seldom') ?? 0) > 0
    })
    expect(names.get('often') ?? 0).toBeGreaterThan(names.get('seldom') ?? 0)
    expect(names.has('never')).toBe(false)
    const rows = await near.query('listenerAddress')
    const often = rows.find(({ name }) => name === 'often')
    expect(Number(often?.['connectionsOpened'])).toBeGreaterThanOrEqual(names.get('often') ?? 0)
  })

  test('an address needs a listener that takes it, and a listener an address', async () => {
    const { near } = await pair()
    const unknown = near.create('listenerAddress', 'a', { address: 'a', value: 1, listener: 'nowhere' })
    await expect(unknown).rejects.toMatchObject({ message: expect.stringContaining('nowhere') as string })
    await near.create('tcpListener', 'plain', { host: HOST, port: '0', address: 'x' })
    const plain = near.create('listenerAddress', 'a', { address: 'a', value: 1, listener: 'plain' })
    await expect(plain).rejects.toMatchObject({ message: expect.stringContaining('plain') as string })
    const none = near.create('tcpListener', 'none', { host: HOST, port: '0' })
    await expect(none).rejects.toMatchObject({ message: expect.stringContaining('multiAddressStrategy') as string })
  })

  test.skipIf(SKROUTERD === '')(`skupper-router sends to our targets by priority${UNLESS_SKROUTERD}`, async () => {
    const exit = await routerConfig('exit', await testAuthorities())
    const far = await startRouter([
      ...exit.entities,
      ['listener', { name: 'open', role: 'inter-router', host: HOST, port: 0 }],
    ])
    const manager = await manage(await far.port('local'), exit.clientTls)
    const port = await closedPort()
    await startSkupperRouter(
      'real',
      [
        ['connector', { name: 'link', role: 'inter-router', host: HOST, port: await far.port('open') }],
        ['tcpListener', { name: 'web', host: HOST, port, multiAddressStrategy: 'priority' }],
        ['listenerAddress', { name: 'web-first', address: 'first', value: 2, listener: 'web' }],
        ['listenerAddress', { name: 'web-second', address: 'second', value: 1, listener: 'web' }],
      ],
      [],
    )
    await manager.create('tcpConnector', 'second', {
      ...{ address: 'second', host: HOST, port: String(await target('second')) },
    })
    await eventually(async () => (await heard(port)) === 'second')
    await manager.create('tcpConnector', 'first', { address: 'first', host: HOST, port: String(await target('first')) })
    await eventually(async () => (await heard(port)) === 'first')
    await manager.delete('tcpConnector', { name: 'first' })
    await eventually(async () => (await heard(port)) === 'second')
  })

  test.skipIf(SKROUTERD === '')(`a skupper-router that serves the preferred one dies${UNLESS_SKROUTERD}`, async () => {
    const { entities, clientTls } = await routerConfig('entry', await testAuthorities())
    const open: EntityConfig = ['listener', { name: 'open', role: 'inter-router', host: HOST, port: 0 }]
    const near = await startRouter([...entities, open])
    const manager = await manage(await near.port('local'), clientTls)
    const link = [
      'connector',
      { name: 'link', role: 'inter-router', host: HOST, port: await near.port('open') },
    ] as const
    const serving = async (name: string): Promise<SkupperEntity> => {
      return ['tcpConnector', { name, address: name, host: HOST, port: await target(name) }]
    }
    const preferred = [link, await serving('first')]
    const real = await startSkupperRouter('real-1', preferred, [])
    await startSkupperRouter('real-2', [link, await serving('second')], [])
    const port = await closedPort()
    await manager.create('tcpListener', 'web', { host: HOST, port: String(port), multiAddressStrategy: 'priority' })
    await manager.create('listenerAddress', 'web-1', { address: 'first', value: 1, listener: 'web' })
    await eventually(async () => (await heard(port)) === 'first')
    await manager.create('listenerAddress', 'web-2', { address: 'second', value: 2, listener: 'web' })
    await eventually(async () => (await heard(port)) === 'second')
    // The other way round, in place.
    await manager.update('listenerAddress', { name: 'web-1' }, { value: 3 })
    expect(await heard(port)).toBe('first')
    real.signal('SIGKILL')
    await eventually(async () => (await heard(port)) === 'second')
    await startSkupperRouter('real-1', preferred, [])
    await eventually(async () => (await heard(port)) === 'first')
  })
})
