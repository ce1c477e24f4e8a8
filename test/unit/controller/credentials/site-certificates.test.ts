import { readdir } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { SiteCertificates } from '../../../../controller/credentials/site-certificates.ts'
import { siteResourcesOf, type SiteResources } from '../../../../controller/site/site-resources.ts'
import type { CredentialPlace } from '../../../../controller/site/premises.ts'
import type { Secret } from '../../../../core/model/secret.ts'
import type { Store } from '../../../../core/store/store.ts'
import { accessToken } from '../../../support/access-tokens.ts'
import { directoryStore } from '../../../support/directory-store.ts'
import { connector, link, routerAccess, site } from '../../../support/machine-resources.ts'
import { RecordedLog } from '../../../support/recorded-log.ts'

/** A machine's way of keeping credentials, with numbers in memory. */
function placeOf(store: Store): CredentialPlace {
  let ordinals = ''
  return {
    files: (name) => store.credentialFiles(name),
    ordinals: {
      read: () => Promise.resolve(ordinals),
      write: (text) => {
        ordinals = text
        return Promise.resolve()
      },
    },
    identityKey: { read: () => Promise.resolve(undefined), write: () => Promise.resolve() },
    kept: async () => (await readdir(store.path('runtime', 'certs'))).filter((name) => !name.startsWith('.')),
  }
}

async function siteWithCertificates() {
  const { store } = await directoryStore()
  for (const resource of [site('east'), routerAccess('skupper-router'), link('to-west')]) await store.apply(resource)
  const log = new RecordedLog()
  const place = placeOf(store)
  const certificates = new SiteCertificates({ store, place, log })
  const resources = async () => {
    const found = siteResourcesOf((await store.snapshot()).resources)
    if (found === undefined) throw new Error('no site')
    return found
  }
  const hosts = { local: [], outside: () => ['east.example'] }
  const wish = async () => ({
    resources: await resources(),
    hosts,
    now: Date.now(),
    isIssuerInUse: () => Promise.resolve(false),
  })
  await certificates.ensure(await wish())
  return { store, place, log, certificates, resources, wish }
}

test("makes the site's certificates and tells where those that are named lie", async () => {
  const { certificates, resources, log } = await siteWithCertificates()
  const { files, contents } = await certificates.named(await resources())
  expect([...files.keys()].sort()).toEqual(['skupper-local-server', 'skupper-site-server'])
  expect(files.get('skupper-site-server')).toMatchObject({ ordinal: 0 })
  expect(contents.get('skupper-site-server')?.key).toContain('PRIVATE KEY')
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
  const { store, place, certificates, resources } = await siteWithCertificates()
  await store.putCredentials('to-west', { ca: 'ca', certificate: 'one', key: 'key' })
  expect((await certificates.named(await resources())).files.get('to-west')?.ordinal).toBe(0)
  await store.putCredentials('to-west', { ca: 'ca', certificate: 'two', key: 'key' })
  const restarted = new SiteCertificates({ store, place, log: new RecordedLog() })
  expect((await restarted.named(await resources())).files.get('to-west')?.ordinal).toBe(1)
})

test('connections end with the third renewal of their certificate, or as the site or the Secret says', async () => {
  const { store, certificates, resources } = await siteWithCertificates()
  const renewTo = async (count: number) => {
    for (let n = 0; n <= count; n++) {
      await store.putCredentials('to-west', { ca: 'ca', certificate: `certificate ${String(n)}`, key: 'key' })
      await certificates.named(await resources())
    }
    return (await certificates.named(await resources())).files.get('to-west')
  }
  expect(await renewTo(0)).toMatchObject({ ordinal: 0, oldestValidOrdinal: 0 })
  expect(await renewTo(4)).toMatchObject({ ordinal: 4, oldestValidOrdinal: 2 })
  const oldest = async (change: Partial<SiteResources>) =>
    (await certificates.named({ ...(await resources()), ...change })).files.get('to-west')?.oldestValidOrdinal
  const strict = { ...site('east'), spec: { settings: { 'tls-prior-valid-revisions': '0' } } }
  expect(await oldest({ site: strict })).toBe(4)
  const secret = (annotation: string): Secret => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'to-west', annotations: { 'skupper.io/tls-prior-valid-revisions': annotation } },
  })
  expect(await oldest({ site: strict, secrets: [secret('3')] })).toBe(1)
  expect(await oldest({ site: strict, secrets: [secret('many')] })).toBe(4)
})

test('what nothing names any more is removed; what is named stays', async () => {
  const { store, certificates, resources } = await siteWithCertificates()
  await store.apply({ ...accessToken(), metadata: { name: 'to-north' } })
  await store.apply(connector('secured', { tlsCredentials: 'trusted' }))
  for (const name of ['gone', 'to-west', 'to-north', 'trusted']) await store.putCredentials(name, { ca: 'ca' })
  const { resources: stored } = await store.snapshot()
  await certificates.removeUnnamed(await resources(), stored)
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
