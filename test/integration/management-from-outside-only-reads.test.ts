import { expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { manage } from '../support/manage.ts'
import { connectorTo, otherAuthorities, routerConfig, testAuthorities } from '../support/router-config.ts'
import { startRouter } from '../support/router-process.ts'

const TARGET = { address: 'evil', host: '127.0.0.1', port: 1 }

test('from a linked router everything is read and nothing changed, with a log line for each try', async () => {
  const authorities = await testAuthorities()
  const [a, b] = await Promise.all([routerConfig('a', authorities), routerConfig('b', authorities)])
  const routerA = await startRouter(a.entities)
  const routerB = await startRouter([...b.entities, connectorTo('to-a', await routerA.port('links'))])
  const local = await manage(await routerB.port('local'), b.clientTls)
  await eventually(async () => (await local.routerIds()).length === 2)

  const remote = local.at('a')
  expect((await remote.query('listener')).map(({ name }) => name)).toEqual(['local', 'links', 'http'])
  expect(await remote.read('router', { name: 'router/a' })).toMatchObject({ id: 'a', mode: 'interior' })

  const tries = [
    remote.create('tcpConnector', 'evil', TARGET),
    remote.update('sslProfile', { name: 'site' }, { ordinal: 7 }),
    remote.delete('listener', { name: 'links' }),
  ]
  for (const each of tries) await expect(each).rejects.toMatchObject({ code: 'management/forbidden' })
  expect(await remote.query('tcpConnector')).toEqual([])
  expect(await remote.query('listener')).toHaveLength(3)
  const refused = routerA.logs({ module: 'AGENT', level: 'warn' })
  expect(refused.map(({ operation, from }) => [operation, from])).toEqual([
    ['CREATE', 'b'],
    ['UPDATE', 'b'],
    ['DELETE', 'b'],
  ])
})

test('a local listener without TLS is no way in either', async () => {
  const plain = ['listener', { name: 'plain', host: '127.0.0.1', port: 0, role: 'normal' }]
  const router = await startRouter([['router', { id: 'a', mode: 'interior' }], plain])
  const client = await manage(await router.port('plain'))
  await expect(client.create('tcpConnector', 'evil', TARGET)).rejects.toMatchObject({ code: 'management/forbidden' })
  expect(await client.routerIds()).toEqual(['a'])
})

test('a certificate of another CA is refused at the door, with one log line', async () => {
  const { entities } = await routerConfig('a', await testAuthorities())
  const stranger = await routerConfig('b', await otherAuthorities())
  const router = await startRouter(entities)
  await expect(manage(await router.port('local'), stranger.clientTls)).rejects.toMatchObject({
    code: expect.stringMatching(/^amqp\//) as string,
  })
  await router.logged({ level: 'warn', listener: 'local' })
  expect(router.logs({ level: 'warn' })).toHaveLength(1)
})

test('no answer shows a secret', async () => {
  const { entities, clientTls } = await routerConfig('a', await testAuthorities())
  const profile = entities.find(([type]) => type === 'sslProfile')?.[1] ?? {}
  const router = await startRouter([...entities, ['sslProfile', { ...profile, name: 'more', password: 'hunter2' }]])
  const client = await manage(await router.port('local'), clientTls)
  const everything = await client.query('sslProfile')
  expect(everything).toHaveLength(3)
  expect(JSON.stringify(everything)).not.toContain('hunter2')
})
