import { copyFile, writeFile } from 'node:fs/promises'
import { connect } from 'node:tls'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { credentialFiles } from '../support/credential-files.ts'
import { eventually } from '../support/eventually.ts'
import { manage } from '../support/manage.ts'
import { connectorTo, routerConfig, testAuthorities } from '../support/router-config.ts'
import { startRouter } from '../support/router-process.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

/** The common name that a TLS port shows. */
async function shownBy(port: number): Promise<string | undefined> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  const { subject } = socket.getPeerCertificate()
  socket.destroy()
  return [subject.CN].flat()[0]
}

test('a broken certificate changes nothing and says so, a good one is shown to new peers', async () => {
  const authorities = await testAuthorities()
  const { entities, clientTls, siteFiles } = await routerConfig('a', authorities)
  const router = await startRouter(entities)
  const local = await manage(await router.port('local'), clientTls)
  const links = await router.port('links')
  expect(await shownBy(links)).toBe('a')

  await writeFile(siteFiles.certFile, 'broken')
  const update = local.update('sslProfile', { name: 'site' }, { ordinal: 2 })
  await expect(update).rejects.toMatchObject({ code: 'management/bad-request' })
  await expect(update).rejects.toThrow(siteFiles.certFile)
  expect(await local.read('sslProfile', { name: 'site' })).toMatchObject({ ordinal: 0 })
  expect(await shownBy(links)).toBe('a')

  const renewed = await credentialFiles(authorities.site, await temporaryDirectory(), 'a-renewed')
  await copyFile(renewed.certFile, siteFiles.certFile)
  await copyFile(renewed.privateKeyFile, siteFiles.privateKeyFile)
  await local.update('sslProfile', { name: 'site' }, { ordinal: 2 })
  expect(await shownBy(links)).toBe('a-renewed')
})

test('links made with certificates that are no longer valid are made anew', async () => {
  const authorities = await testAuthorities()
  const [a, b] = await Promise.all([routerConfig('a', authorities), routerConfig('b', authorities)])
  const routerA = await startRouter(a.entities)
  const routerB = await startRouter([...b.entities, connectorTo('to-a', await routerA.port('links'))])
  const local = await manage(await routerB.port('local'), b.clientTls)
  const link = async () => {
    const connections = await local.query('connection')
    return connections.find(({ role, opened }) => role === 'inter-router' && opened === true)?.['identity']
  }
  const first = await eventually(link)
  await local.update('sslProfile', { name: 'site' }, { ordinal: 1 })
  expect(await link()).toBe(first)
  await local.update('sslProfile', { name: 'site' }, { ordinal: 2, oldestValidOrdinal: 2 })
  await eventually(async () => {
    const second = await link()
    return second !== undefined && second !== first
  })
})

test('a profile in use cannot be deleted', async () => {
  const { entities, clientTls } = await routerConfig('a', await testAuthorities())
  const router = await startRouter(entities)
  const local = await manage(await router.port('local'), clientTls)
  const remove = () => local.delete('sslProfile', { name: 'site' })
  await expect(remove()).rejects.toMatchObject({ code: 'management/bad-request' })
  await local.delete('listener', { name: 'links' })
  await remove()
})
