import { readFile, rename } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { manage } from '../support/manage.ts'
import { connectorTo, routerConfig, testAuthorities } from '../support/router-config.ts'
import { startRouter } from '../support/router-process.ts'

test('what uses a profile whose files are missing works once the certificates come over management', async () => {
  const authorities = await testAuthorities()
  const [a, b] = await Promise.all([routerConfig('a', authorities), routerConfig('b', authorities)])
  const { caCertFile, certFile, privateKeyFile } = b.siteFiles
  const [caCert, cert, privateKey] = await Promise.all(
    [caCertFile, certFile, privateKeyFile].map((file) => readFile(file, 'utf8')),
  )
  await rename(certFile, `${certFile}.away`)
  const routerA = await startRouter(a.entities)
  const routerB = await startRouter([...b.entities, connectorTo('to-a', await routerA.port('links'))])
  const local = await manage(await routerB.port('local'), b.clientTls)
  const link = () => local.read('connector', { name: 'to-a' })
  expect(await link()).toMatchObject({
    connectionStatus: 'FAILED',
    connectionMsg: expect.stringContaining(certFile) as string,
  })
  expect(routerB.logs({ msg: 'listening', listener: 'links' })).toEqual([])

  await expect(local.update('sslProfile', { name: 'site' }, { ordinal: 1 })).rejects.toThrow(certFile)
  await local.update('sslProfile', { name: 'site' }, { caCert, cert, privateKey, ordinal: 1 })
  await routerB.port('links')
  await eventually(async () => (await link())['connectionStatus'] === 'SUCCESS')
  await local.delete('connector', { name: 'to-a' })
  await local.delete('listener', { name: 'links' })
  await local.delete('sslProfile', { name: 'site' })
})
