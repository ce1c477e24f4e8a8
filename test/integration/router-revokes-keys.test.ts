import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { publicKeyHash } from '../../core/pki/key.ts'
import { eventually } from '../support/eventually.ts'
import { manage } from '../support/manage.ts'
import { connectorTo, routerConfig, testAuthorities } from '../support/router-config.ts'
import { startRouter } from '../support/router-process.ts'

async function keyOf(certFile: string): Promise<string> {
  return publicKeyHash(new X509Certificate(await readFile(certFile)).publicKey)
}

test('a revoked key is cut and turned away, other links stay, and it is let in again once it is not', async () => {
  const authorities = await testAuthorities()
  const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((id) => routerConfig(id, authorities)))
  if (a === undefined || b === undefined || c === undefined) throw new Error('three routers are configured')
  const routerA = await startRouter(a.entities)
  const links = await routerA.port('links')
  await startRouter([...b.entities, connectorTo('to-a', links)])
  await startRouter([...c.entities, connectorTo('to-a', links)])
  const local = await manage(await routerA.port('local'), a.clientTls)
  const linked = async () => {
    const connections = await local.query('connection')
    const incoming = connections.filter(({ role, opened }) => role === 'inter-router' && opened === true)
    return new Map(incoming.map(({ container, identity }) => [container, identity]))
  }
  const before = await eventually(async () => {
    const both = await linked()
    return both.has('b') && both.has('c') ? both : undefined
  })

  const revokedKeys = await keyOf(b.siteFiles.certFile)
  await local.update('sslProfile', { name: 'site' }, { revokedKeys })
  await eventually(async () => !(await linked()).has('b'))
  await routerA.logged({ msg: 'refused a peer: its access was revoked' })
  expect((await linked()).get('c')).toBe(before.get('c'))
  expect((await local.read('sslProfile', { name: 'site' }))['revokedKeys']).toBe(revokedKeys)

  await local.update('sslProfile', { name: 'site' }, { revokedKeys: '' })
  await eventually(async () => (await linked()).has('b'))
  expect((await linked()).get('c')).toBe(before.get('c'))
})

test('what is no list of hashes is refused', async () => {
  const { entities, clientTls } = await routerConfig('a', await testAuthorities())
  const router = await startRouter(entities)
  const local = await manage(await router.port('local'), clientTls)
  const update = local.update('sslProfile', { name: 'site' }, { revokedKeys: 'b' })
  await expect(update).rejects.toMatchObject({ code: 'management/bad-request' })
})
