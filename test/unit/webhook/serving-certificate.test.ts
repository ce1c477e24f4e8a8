import { X509Certificate } from 'node:crypto'
import { expect, it } from 'vitest'
import { YEAR_MS } from '../../../core/pki/renewal.ts'
import {
  AUTHORITY_SECRET,
  ensureServingCertificate,
  SERVING_SECRET,
  suppliedServingCertificate,
} from '../../../webhook/serving-certificate.ts'
import { MemorySecrets } from '../../support/memory-secrets.ts'

const NOW = Date.UTC(2030, 0, 1)
const HOSTS = ['skupper-webhook.skupper.svc', '127.0.0.1']

function setUp() {
  const secrets = new MemorySecrets()
  const trusted: string[] = []
  const trust = (bundle: string) => {
    trusted.push(bundle)
    return Promise.resolve()
  }
  const ensure = (now = NOW) => ensureServingCertificate({ secrets, hosts: HOSTS, trust, trusted: trusted.at(-1) }, now)
  const isTrusted = (certificate: string) => {
    const leaf = new X509Certificate(certificate)
    const bundle = trusted.at(-1)?.match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/g) ?? []
    return bundle.some(
      (pem) => leaf.checkIssued(new X509Certificate(pem)) && leaf.verify(new X509Certificate(pem).publicKey),
    )
  }
  return { secrets, trusted, ensure, isTrusted }
}

it('makes an authority and a certificate once, and keeps both', async () => {
  const { ensure, isTrusted, trusted } = setUp()
  const first = await ensure()
  expect(new X509Certificate(first.certificate).subjectAltName).toContain('DNS:skupper-webhook.skupper.svc')
  expect(isTrusted(first.certificate)).toBe(true)
  expect(await ensure(NOW + 1000)).toEqual(first)
  expect(new Set(trusted).size).toBe(1)
})

it('gives all replicas the same, also where they start at once', async () => {
  const { ensure } = setUp()
  const all = await Promise.all([ensure(), ensure(), ensure()])
  expect(new Set(all.map(({ certificate }) => certificate)).size).toBe(1)
})

it('renews the certificate after two thirds of its life, and an expired one', async () => {
  const { ensure, isTrusted } = setUp()
  const first = await ensure()
  expect(await ensure(NOW + 0.6 * YEAR_MS)).toEqual(first)
  const renewed = await ensure(NOW + 0.7 * YEAR_MS)
  expect(renewed.certificate).not.toBe(first.certificate)
  expect(isTrusted(first.certificate) && isTrusted(renewed.certificate)).toBe(true)
  const late = await ensure(NOW + 3 * YEAR_MS)
  expect(late.notAfter).toBeGreaterThan(NOW + 3 * YEAR_MS)
})

it('renews the authority with its key, so that what it issued stays valid', async () => {
  const { ensure, isTrusted, trusted } = setUp()
  await ensure()
  const before = await ensure(NOW + 3.3 * YEAR_MS)
  await ensure(NOW + 3.4 * YEAR_MS)
  expect(isTrusted(before.certificate)).toBe(true)
  expect(new Set(trusted).size).toBe(2)
})

it.each([
  ['the serving Secret', [SERVING_SECRET]],
  ['the authority', [AUTHORITY_SECRET]],
  ['both', [AUTHORITY_SECRET, SERVING_SECRET]],
])('makes anew what was deleted: %s', async (_what, names) => {
  const { secrets, ensure, isTrusted } = setUp()
  const before = await ensure()
  for (const name of names) secrets.stored.delete(name)
  const after = await ensure()
  expect(isTrusted(after.certificate)).toBe(true)
  // A replica that has not noticed yet goes on being trusted.
  expect(isTrusted(before.certificate)).toBe(true)
})

it('replaces what somebody broke', async () => {
  const { secrets, ensure, isTrusted } = setUp()
  await ensure()
  for (const name of [AUTHORITY_SECRET, SERVING_SECRET]) {
    const stored = secrets.stored.get(name)
    if (stored !== undefined)
      secrets.stored.set(name, { ...stored, credentials: { ca: 'x', certificate: 'y', key: 'z' } })
  }
  expect(isTrusted((await ensure()).certificate)).toBe(true)
})

it('only reads what somebody else supplies', async () => {
  const { secrets, ensure } = setUp()
  await expect(suppliedServingCertificate({ secrets, name: SERVING_SECRET }, NOW)).rejects.toMatchObject({
    code: 'webhook/certificate',
  })
  const { certificate } = await ensure()
  const supplied = await suppliedServingCertificate({ secrets, name: SERVING_SECRET }, NOW)
  expect(supplied.certificate).toBe(certificate)
  await expect(suppliedServingCertificate({ secrets, name: SERVING_SECRET }, NOW + 2 * YEAR_MS)).rejects.toMatchObject({
    code: 'pki/expired',
  })
})
