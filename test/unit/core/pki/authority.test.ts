import { X509Certificate } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { createAuthority, readAuthority } from '../../../../core/pki/authority.ts'
import type { Credentials } from '../../../../core/model/credentials.ts'
import { issueCredentials } from '../../../../core/pki/issue.ts'
import { readPrivateKey } from '../../../../core/pki/key.ts'
import { companyAuthority, ecAuthority } from '../../../support/foreign-certificates.ts'
import { hasOpenssl, openssl } from '../../../support/openssl.ts'

const NOW = Date.UTC(2030, 0, 1)
const DAY_MS = 24 * 3_600_000

let site: Required<Credentials>

beforeAll(async () => {
  site = await createAuthority({ commonName: 'Site CA', now: NOW, lifeMs: 100 * DAY_MS })
})

test('a new CA signs itself and says that it is one', () => {
  const certificate = new X509Certificate(site.certificate)
  expect(certificate.ca).toBe(true)
  expect(certificate.verify(certificate.publicKey)).toBe(true)
  expect(certificate.validToDate.getTime()).toBe(NOW + 100 * DAY_MS)
  expect(site.ca).toBe(site.certificate)
})

test('what a CA issued stays valid when the CA is renewed with its key', async () => {
  const leaf = await issueCredentials(readAuthority(site, NOW), { commonName: 'leaf', now: NOW })
  const renewed = await createAuthority({ commonName: 'Site CA', now: NOW + DAY_MS, key: readPrivateKey(site.key) })
  const certificate = new X509Certificate(leaf.certificate)
  const authority = readAuthority(renewed, NOW + DAY_MS)
  expect(certificate.checkIssued(authority.certificate)).toBe(true)
  expect(certificate.verify(authority.certificate.publicKey)).toBe(true)
})

test.skipIf(!hasOpenssl)('openssl accepts a new CA strictly', () => {
  const args = ['verify', '-x509_strict', '-attime', String(NOW / 1000), '-CAfile', 'ca.pem', 'ca.pem']
  expect(openssl(args, { 'ca.pem': site.certificate })).toContain('ca.pem: OK')
  const text = openssl(['x509', '-in', 'ca.pem', '-noout', '-text'], { 'ca.pem': site.certificate })
  expect(text).toMatch(/Key Usage: critical\s+Digital Signature, Certificate Sign, CRL Sign/)
  expect(text).toMatch(/Basic Constraints: critical\s+CA:TRUE, pathlen:0/)
})

describe('readAuthority', () => {
  const codeOf = (credentials: Credentials, now = NOW): unknown => {
    try {
      readAuthority(credentials, now)
      return 'read'
    } catch (error) {
      return (error as { code?: unknown }).code
    }
  }

  test('reads ours and a supplied RSA one', () => {
    expect(codeOf(site)).toBe('read')
    expect(codeOf(companyAuthority)).toBe('read')
  })

  test('refuses an issuer that is not RSA in those words', () => {
    expect(codeOf(ecAuthority)).toBe('pki/issuer-not-rsa')
    expect(() => readAuthority(ecAuthority, NOW)).toThrow(/A supplied issuer must have an RSA key; this one has ec\./)
  })

  test('refuses a leaf, another key, no key, broken text, and a CA before or after its time', async () => {
    const leaf = await issueCredentials(readAuthority(site, NOW), { commonName: 'leaf', now: NOW })
    expect(codeOf(leaf)).toBe('pki/not-a-ca')
    expect(codeOf({ ...site, key: companyAuthority.key })).toBe('pki/key-mismatch')
    expect(codeOf({ certificate: site.certificate, ca: site.ca })).toBe('pki/not-a-key')
    expect(codeOf({ ...site, certificate: 'x' })).toBe('pki/not-a-certificate')
    expect(codeOf({ ...site, certificate: site.certificate.slice(0, 300) })).toBe('pki/not-a-certificate')
    expect(codeOf({ ...site, certificate: site.certificate.repeat(300) })).toBe('pki/not-a-certificate')
    expect(codeOf(site, NOW - DAY_MS)).toBe('pki/not-yet-valid')
    expect(codeOf(site, NOW + 101 * DAY_MS)).toBe('pki/expired')
  })
})
