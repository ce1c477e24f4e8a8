import { readdir } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { SiteCertificates } from '../../../../controller/credentials/site-certificates.ts'
import { siteResourcesOf } from '../../../../controller/site/site-resources.ts'
import { certificateWish } from '../../../../controller/site/site-wishes.ts'
import { accessToken } from '../../../support/access-tokens.ts'
import { directoryStore } from '../../../support/directory-store.ts'
import { connector, link, routerAccess, site } from '../../../support/machine-resources.ts'
import { RecordedLog } from '../../../support/recorded-log.ts'

async function siteWithCertificates() {
  const { store } = await directoryStore()
  for (const resource of [site('east'), routerAccess('skupper-router'), link('to-west')]) await store.apply(resource)
  const log = new RecordedLog()
  const certificates = new SiteCertificates({ store, ordinalsFile: store.path('internal', 'ordinals.json'), log })
  const resources = async () => {
    const found = siteResourcesOf((await store.snapshot()).resources)
    if (found === undefined) throw new Error('no site')
    return found
  }
  const wish = async () => certificateWish(await resources(), new Date())
  await certificates.ensure(await wish())
  return { store, log, certificates, resources, wish }
}

test("makes the site's certificates and tells where those that are named lie", async () => {
  const { certificates, resources, log } = await siteWithCertificates()
  const files = await certificates.files(await resources())
  expect([...files.keys()].sort()).toEqual(['skupper-local-server', 'skupper-site-server'])
  expect(files.get('skupper-site-server')).toMatchObject({ ordinal: 0 })
  expect(certificates.problems).toEqual([])
  expect(log.text).not.toContain('PRIVATE KEY')
})

test('a second look makes nothing', async () => {
  const { certificates, wish, log } = await siteWithCertificates()
  const before = log.lines.length
  await certificates.ensure(await wish())
  expect(log.lines).toHaveLength(before)
})

test("the number of a link's credentials grows when they are replaced, also after a restart", async () => {
  const { store, certificates, resources } = await siteWithCertificates()
  await store.putCredentials('to-west', { ca: 'ca', certificate: 'one', key: 'key' })
  expect((await certificates.files(await resources())).get('to-west')?.ordinal).toBe(0)
  await store.putCredentials('to-west', { ca: 'ca', certificate: 'two', key: 'key' })
  const ordinalsFile = store.path('internal', 'ordinals.json')
  const restarted = new SiteCertificates({ store, ordinalsFile, log: new RecordedLog() })
  expect((await restarted.files(await resources())).get('to-west')?.ordinal).toBe(1)
})

test('what nothing names any more is removed; what is named stays', async () => {
  const { store, certificates, wish } = await siteWithCertificates()
  await store.apply({ ...accessToken(), metadata: { name: 'to-north' } })
  await store.apply(connector('secured', { tlsCredentials: 'trusted' }))
  for (const name of ['gone', 'to-west', 'to-north', 'trusted']) await store.putCredentials(name, { ca: 'ca' })
  const { resources: stored } = await store.snapshot()
  await certificates.removeUnnamed(await wish(), stored)
  const kept = (await readdir(store.path('runtime', 'certs'))).filter((name) => !name.startsWith('.'))
  expect(kept.sort()).toEqual([
    'skupper-grant-server',
    'skupper-local-client',
    'skupper-local-server',
    'skupper-site-server',
    'to-north',
    'to-west',
    'trusted',
  ])
})
