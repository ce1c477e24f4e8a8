import { X509Certificate } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { ensureCredentials } from '../../../../controller/credentials/ensure-credentials.ts'
import type { DesiredCredentials } from '../../../../controller/credentials/site-credentials.ts'
import { fingerprintOf } from '../../../../core/pki/certificate.ts'
import { fingerprintsOf } from '../../../../core/pki/fingerprint.ts'
import { secretData } from '../../../../core/model/secret.ts'
import type { GivenCredentials } from '../../../../core/model/credentials.ts'
import type { Store } from '../../../../core/store/store.ts'
import { directoryStore } from '../../../support/directory-store.ts'
import { companyAuthority, ecAuthority, ecLeaf } from '../../../support/foreign-certificates.ts'

const NOW = Date.UTC(2030, 0, 1)
const HOUR_MS = 3_600_000
const YEAR_MS = 365 * 24 * HOUR_MS

const server = { name: 'site-server', issuer: 'site-ca', hosts: ['127.0.0.1', 'site.example'] }
const desired: DesiredCredentials = { issuers: [{ name: 'site-ca', isRolled: false }], certificates: [server] }
const rolled: DesiredCredentials = { ...desired, issuers: [{ name: 'site-ca', isRolled: true }] }

async function ensured() {
  const { store } = await directoryStore()
  /** What other sites still need, by fingerprint. */
  const inUse = new Set<string>()
  const isIssuerInUse = (fingerprint: string) => Promise.resolve(inUse.has(fingerprint))
  const first = await ensureCredentials(desired, { store, now: NOW, isIssuerInUse })
  const again = (now = NOW, wanted = desired) => ensureCredentials(wanted, { store, now, isIssuerInUse })
  return { store, first, again, inUse }
}

const authorityOf = async (store: Store, name = 'site-ca') =>
  new X509Certificate((await store.issuer(name))?.certificate ?? '')

async function supply(
  store: Store,
  folder: string,
  { certificate = '', ca, key = '' }: GivenCredentials,
): Promise<void> {
  const path = store.path('input', folder)
  await mkdir(path, { recursive: true })
  await Promise.all([
    writeFile(`${path}/tls.crt`, certificate),
    writeFile(`${path}/ca.crt`, ca),
    writeFile(`${path}/tls.key`, key),
  ])
}

const certificateOf = async (store: Store) => (await store.credentials('site-server'))?.certificate ?? ''

describe('ensureCredentials', () => {
  test('makes a CA and what it issues, and then leaves both alone', async () => {
    const { store, first, again } = await ensured()
    expect(first.made.map(({ name }) => name)).toEqual(['site-ca', 'site-server'])
    const leaf = new X509Certificate(await certificateOf(store))
    const issuer = await store.issuer('site-ca')
    expect(leaf.verify(new X509Certificate(issuer?.certificate ?? '').publicKey)).toBe(true)
    expect(leaf.checkIP('127.0.0.1')).toBe('127.0.0.1')
    expect((await store.credentials('site-server'))?.ca).toBe(issuer?.certificate)
    expect(await again(NOW + YEAR_MS)).toMatchObject({ made: [], problems: [] })
  })

  test('renews a certificate after two thirds of its life, and again', async () => {
    const { again } = await ensured()
    expect((await again(NOW + 3.5 * YEAR_MS)).made).toEqual([{ name: 'site-server', reason: 'it ends soon' }])
    expect((await again(NOW + 3.5 * YEAR_MS)).made).toEqual([])
  })

  test('renews a CA with its key, also after its end, so that what it issued stays valid', async () => {
    for (const years of [7, 11]) {
      const { store, again } = await ensured()
      const before = new X509Certificate(await certificateOf(store))
      const { made } = await again(NOW + years * YEAR_MS)
      expect(made.map(({ name }) => name)).toEqual(['site-ca', 'site-server'])
      const issuer = new X509Certificate((await store.issuer('site-ca'))?.certificate ?? '')
      expect(before.verify(issuer.publicKey)).toBe(true)
    }
  })

  test('a CA that others trust is followed by another, and stays until nobody needs it', async () => {
    const { store, again, inUse } = await ensured()
    const old = await authorityOf(store)
    inUse.add(fingerprintOf(old))
    const { made } = await again(NOW + 7 * YEAR_MS, rolled)
    expect(made.map(({ name }) => name)).toEqual(['site-ca', 'site-server'])
    const next = await authorityOf(store)
    expect(next.publicKey.equals(old.publicKey)).toBe(false)
    const shown = await store.credentials('site-server')
    expect(new X509Certificate(shown?.certificate ?? '').verify(old.publicKey)).toBe(true)
    expect(fingerprintsOf(shown?.ca ?? '')).toEqual([next, old].map(fingerprintOf))
    expect((await again(NOW + 7 * YEAR_MS, rolled)).made).toEqual([])

    // The old one still signs for hosts that are added.
    const moved = { ...rolled, certificates: [{ ...server, hosts: ['b.example'] }] }
    await again(NOW + 7 * YEAR_MS, moved)
    expect(new X509Certificate(await certificateOf(store)).verify(old.publicKey)).toBe(true)

    inUse.clear()
    await again(NOW + 8 * YEAR_MS, moved)
    expect(await store.issuer('site-ca-former')).toBeUndefined()
    const after = await store.credentials('site-server')
    expect(new X509Certificate(after?.certificate ?? '').verify(next.publicKey)).toBe(true)
    expect(fingerprintsOf(after?.ca ?? '')).toEqual([fingerprintOf(next)])
    expect((await again(NOW + 8 * YEAR_MS, moved)).made).toEqual([])
  })

  test('it is parted with an hour before it ends, whoever has not renewed by then', async () => {
    const { store, again, inUse } = await ensured()
    const end = (await authorityOf(store)).validToDate.getTime()
    inUse.add(fingerprintOf(await authorityOf(store)))
    await again(end - 2 * HOUR_MS, rolled)
    expect(await store.issuer('site-ca-former')).toBeDefined()
    await again(end - HOUR_MS, rolled)
    expect(await store.issuer('site-ca-former')).toBeUndefined()
    expect((await store.credentials('site-server'))?.ca).toBe((await store.issuer('site-ca'))?.certificate)
  })

  test('only such a one has the life that is asked for: tokens cannot be told of another', async () => {
    const { store } = await directoryStore()
    const lives = { authorityLifeMs: YEAR_MS, now: NOW, isIssuerInUse: () => Promise.resolve(false) }
    const issuers = [
      { name: 'site-ca', isRolled: true },
      { name: 'grant-ca', isRolled: false },
    ]
    await ensureCredentials({ issuers, certificates: [] }, { store, ...lives })
    expect((await authorityOf(store)).validToDate.getTime()).toBe(NOW + YEAR_MS)
    expect((await authorityOf(store, 'grant-ca')).validToDate.getTime()).toBe(NOW + 10 * YEAR_MS)
  })

  test('one that has ended or is gone is followed by one alone', async () => {
    const { store, again, inUse } = await ensured()
    inUse.add(fingerprintOf(await authorityOf(store)))
    await again(NOW + 11 * YEAR_MS, rolled)
    expect(await store.issuer('site-ca-former')).toBeUndefined()
    inUse.add(fingerprintOf(await authorityOf(store)))
    await again(NOW + 18 * YEAR_MS, rolled)
    expect(await store.issuer('site-ca-former')).toBeDefined()
    await store.deleteIssuer('site-ca')
    await again(NOW + 18 * YEAR_MS, rolled)
    expect(await store.issuer('site-ca-former')).toBeUndefined()
  })

  test('makes a certificate anew when its hosts change, in either direction', async () => {
    const { store, again } = await ensured()
    const wanted = (hosts: string[]) => ({ ...desired, certificates: [{ ...server, hosts }] })
    expect((await again(NOW, wanted(['127.0.0.1']))).made).toEqual([
      { name: 'site-server', reason: 'its hosts changed' },
    ])
    expect(new X509Certificate(await certificateOf(store)).checkHost('site.example')).toBeUndefined()
    expect((await again(NOW, wanted(['127.0.0.1', 'b.example']))).made).toHaveLength(1)
    expect((await again(NOW, wanted(['B.example', '127.0.0.1']))).made).toEqual([])
  })

  test('replaces a certificate that is broken, lost its key, or has another issuer', async () => {
    const { store, again } = await ensured()
    const sound = await store.credentials('site-server')
    for (const bad of [{ certificate: 'x' }, { key: companyAuthority.key }, { ca: companyAuthority.ca }]) {
      await store.putCredentials('site-server', { ca: '', ...sound, ...bad })
      expect((await again()).made.map(({ name }) => name)).toEqual(['site-server'])
    }
    await store.deleteIssuer('site-ca')
    expect((await again()).made.map(({ name }) => name)).toEqual(['site-ca', 'site-server'])
  })

  test('does not replace a CA of ours that cannot be read, and keeps what it issued', async () => {
    const { store, again } = await ensured()
    const before = await certificateOf(store)
    const issuer = await store.issuer('site-ca')
    await store.putIssuer('site-ca', { ca: '', ...issuer, certificate: 'damaged' })
    const { made, problems } = await again()
    expect(made).toEqual([])
    expect(problems.map(({ name }) => name)).toEqual(['site-ca', 'site-server'])
    expect(await certificateOf(store)).toBe(before)
  })

  test('reports hosts that are none and goes on', async () => {
    const { again } = await ensured()
    const bad = { name: 'bad', issuer: 'site-ca', hosts: ['a b'] }
    const { made, problems } = await again(NOW, { ...desired, certificates: [bad, { ...server, name: 'other' }] })
    expect(problems.map(({ name }) => name)).toEqual(['bad'])
    expect(made.map(({ name }) => name)).toEqual(['other'])
  })
})

describe('what a user supplied', () => {
  test('as a certificate is kept, whatever its key and hosts', async () => {
    const { store, again } = await ensured()
    await supply(store, 'certs/site-server', ecLeaf)
    expect(await again()).toMatchObject({ made: [], problems: [] })
    expect(await certificateOf(store)).toBe(ecLeaf.certificate)
  })

  test('as a Secret is kept too', async () => {
    const { store, again } = await ensured()
    const { certificate, ca, key } = ecLeaf
    const data = secretData({ 'tls.crt': certificate, 'ca.crt': ca, 'tls.key': key })
    await store.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'site-server' }, data })
    expect(await again()).toMatchObject({ made: [], problems: [] })
    expect(await certificateOf(store)).toBe(ecLeaf.certificate)
  })

  test('and has expired or does not fit together is reported and kept', async () => {
    const { store, again } = await ensured()
    await supply(store, 'certs/site-server', { ...ecLeaf, key: ecAuthority.key })
    expect((await again()).problems).toMatchObject([
      { name: 'site-server', message: expect.stringContaining('private key') as string },
    ])
    await supply(store, 'certs/site-server', ecLeaf)
    const { problems } = await again(Date.UTC(2060, 0, 1))
    expect(problems).toMatchObject([{ name: 'site-server', message: expect.stringContaining('expired') as string }])
    expect(await certificateOf(store)).toBe(ecLeaf.certificate)
  })

  test('as an issuer issues from then on', async () => {
    const { store, again } = await ensured()
    await supply(store, 'issuers/site-ca', companyAuthority)
    expect((await again()).made.map(({ name }) => name)).toEqual(['site-server'])
    expect(
      new X509Certificate(await certificateOf(store)).checkIssued(new X509Certificate(companyAuthority.certificate)),
    ).toBe(true)
    expect((await again()).made).toEqual([])
  })

  test('as an issuer without an RSA key is refused in those words', async () => {
    const { store, again } = await ensured()
    await supply(store, 'issuers/site-ca', ecAuthority)
    const { made, problems } = await again()
    expect(made).toEqual([])
    expect(problems[0]?.message).toContain('must have an RSA key')
  })
})
