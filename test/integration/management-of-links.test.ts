import { expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { manage } from '../support/manage.ts'
import { linkTo, routerConfig, testAuthorities } from '../support/router-config.ts'
import { startRouter } from '../support/router-process.ts'

async function twoRouters() {
  const authorities = await testAuthorities()
  const [a, b] = await Promise.all([routerConfig('a', authorities), routerConfig('b', authorities)])
  const [routerA, routerB] = await Promise.all([startRouter(a.entities), startRouter(b.entities)])
  const local = await manage(await routerB.port('local'), b.clientTls)
  const port = await routerA.port('links')
  return { local, port, attributes: linkTo(port) }
}

test('a link comes with its connector, shows what it leads to, and goes with it', async () => {
  const { local, port, attributes } = await twoRouters()
  // Shown by the name that was dialled, as skupper-router does.
  const byName = { host: 'localhost', verifyHostname: false }
  await local.create('connector', 'to-a', { ...attributes, ...byName, cost: 4 })
  await eventually(async () => {
    const { connectionStatus } = await local.read('connector', { name: 'to-a' })
    return connectionStatus === 'SUCCESS'
  })
  await eventually(async () => {
    const nodes = await local.query('router.node', { attributeNames: ['id', 'nextHop', 'cost'] })
    expect(nodes).toEqual([
      { id: 'b', nextHop: '(self)' },
      { id: 'a', cost: 4 },
    ])
    return true
  })
  const links = await local.query('connection')
  expect(links.filter(({ role }) => role === 'inter-router')).toMatchObject([
    { dir: 'out', container: 'a', isEncrypted: true, host: `localhost:${String(port)}` },
  ])
  expect((await local.query('router.link')).filter(({ linkType }) => linkType === 'router-control')).toHaveLength(2)

  await local.delete('connector', { name: 'to-a' })
  await eventually(async () => {
    expect(await local.routerIds()).toEqual(['b'])
    expect(await local.query('connection', { attributeNames: ['role'] })).toEqual([{ role: 'normal' }])
    return true
  })
})

test('a link that cannot be made says why', async () => {
  const { local, attributes } = await twoRouters()
  await local.create('connector', 'nowhere', { ...attributes, port: 1 })
  await eventually(async () => {
    expect(await local.read('connector', { name: 'nowhere' })).toMatchObject({
      connectionStatus: 'FAILED',
      connectionMsg: expect.stringContaining('127.0.0.1:1') as string,
    })
    return true
  })
})

test('a connection that is closed by adminStatus is dialled again', async () => {
  const { local, attributes } = await twoRouters()
  await local.create('connector', 'to-a', attributes)
  const link = async () => {
    const connections = await local.query('connection')
    return connections.find(({ role, opened }) => role === 'inter-router' && opened === true)
  }
  const first = await eventually(link)
  await local.update('connection', { identity: String(first['identity']) }, { adminStatus: 'deleted' })
  await eventually(async () => {
    const second = await link()
    return second !== undefined && second['identity'] !== first['identity']
  })
  await expect(local.update('connection', { identity: '9999' }, { adminStatus: 'deleted' })).rejects.toMatchObject({
    code: 'management/not-found',
  })
})
