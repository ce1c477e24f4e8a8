import { X509Certificate } from 'node:crypto'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { createAuthority, readAuthority } from '../../../../core/pki/authority.ts'
import type { Authority } from '../../../../core/pki/authority.ts'
import { hostsOf, normalizedHosts } from '../../../../core/pki/host-names.ts'
import { issueCertificate, issueCredentials } from '../../../../core/pki/issue.ts'
import { generateKey, publicKeyOf, readPrivateKey } from '../../../../core/pki/key.ts'
import { companyAuthority, ecLeaf } from '../../../support/foreign-certificates.ts'
import { hasOpenssl, openssl } from '../../../support/openssl.ts'
import { mutualHandshake } from '../../../support/tls-handshake.ts'

const NOW = Date.UTC(2030, 0, 1)
const DAY_MS = 24 * 3_600_000

let authority: Authority

beforeAll(async () => {
  authority = readAuthority(await createAuthority({ commonName: 'Site CA', now: NOW }), NOW)
})

describe('an issued certificate', () => {
  test('names its subject and hosts, is signed by its issuer and belongs to its key', async () => {
    const made = await issueCredentials(authority, {
      commonName: 'skupper-site-server',
      hosts: ['site.example', '10.0.0.7', '2001:db8::1'],
      now: NOW,
    })
    const certificate = new X509Certificate(made.certificate)
    expect(certificate.subject).toBe('CN=skupper-site-server')
    expect(certificate.issuer).toBe('CN=Site CA')
    expect(certificate.ca).toBe(false)
    expect(certificate.checkHost('site.example')).toBe('site.example')
    expect(certificate.checkIP('10.0.0.7')).toBe('10.0.0.7')
    expect(certificate.checkIP('2001:db8::1')).toBe('2001:db8::1')
    expect(certificate.subjectAltName).toContain('DNS:10.0.0.7')
    expect(hostsOf(certificate)).toEqual(['10.0.0.7', '2001:db8::1', 'site.example'])
    expect(certificate.verify(authority.certificate.publicKey)).toBe(true)
    expect(certificate.checkPrivateKey(readPrivateKey(made.key))).toBe(true)
    expect(made.ca).toBe(authority.trust)
  })

  test('lives as long as asked, begins a little early, and ends with its issuer at the latest', async () => {
    const key = publicKeyOf(await generateKey())
    const short = new X509Certificate(
      await issueCertificate(authority, key, { commonName: 'a', now: NOW, lifeMs: DAY_MS }),
    )
    expect(short.validFromDate.getTime()).toBe(NOW - 600_000)
    expect(short.validToDate.getTime()).toBe(NOW + DAY_MS)
    const late = NOW + 9 * 365 * DAY_MS
    const clamped = new X509Certificate(await issueCertificate(authority, key, { commonName: 'a', now: late }))
    expect(clamped.validToDate).toEqual(authority.certificate.validToDate)
  })

  test('has a positive serial number of 128 bits that differs each time', async () => {
    const key = publicKeyOf(await generateKey())
    const serials = new Set<string>()
    for (let count = 0; count < 20; count += 1) {
      const certificate = new X509Certificate(await issueCertificate(authority, key, { commonName: 'a', now: NOW }))
      expect(certificate.serialNumber).toMatch(/^[4-7][0-9A-F]{31}$/)
      serials.add(certificate.serialNumber)
    }
    expect(serials.size).toBe(20)
  })

  test('keeps any printable common name of up to 64 characters as it is', async () => {
    const key = publicKeyOf(await generateKey())
    const names = fc.sample(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), 20)
    for (const name of names.filter((text) => text.length <= 64 && /^\P{C}+$/u.test(text))) {
      const certificate = new X509Certificate(await issueCertificate(authority, key, { commonName: name, now: NOW }))
      expect(certificate.toLegacyObject().subject.CN).toBe(name)
    }
  })

  test.each(['', 'a\nb', 'x'.repeat(65)])('cannot have the common name "%s"', async (commonName) => {
    await expect(issueCredentials(authority, { commonName, now: NOW })).rejects.toMatchObject({ code: 'pki/bad-name' })
  })

  test('is not made for a host that is none, nor for a key that is not RSA', async () => {
    await expect(issueCredentials(authority, { commonName: 'a', hosts: ['a b'], now: NOW })).rejects.toMatchObject({
      code: 'pki/bad-host',
    })
    const elliptic = publicKeyOf(readPrivateKey(ecLeaf.key))
    await expect(issueCertificate(authority, elliptic, { commonName: 'a', now: NOW })).rejects.toMatchObject({
      code: 'pki/key-not-rsa',
    })
  })
})

test('a supplied CA with a name of several parts issues certificates that chain to it', async () => {
  const company = readAuthority(companyAuthority, NOW)
  const made = await issueCredentials(company, { commonName: 'site', hosts: ['127.0.0.1'], now: NOW })
  const certificate = new X509Certificate(made.certificate)
  expect(certificate.checkIssued(company.certificate)).toBe(true)
  expect(certificate.issuer).toBe(company.certificate.subject)
})

test('an intermediate CA sends its own certificate along, and peers trust its root', async () => {
  const company = readAuthority(companyAuthority, NOW)
  const made = await issueCredentials(company, { commonName: 'x', now: NOW })
  const leafAuthority: Authority = { ...authority, trust: company.trust, chain: authority.trust }
  const leaf = await issueCredentials(leafAuthority, { commonName: 'leaf', now: NOW })
  expect(leaf.certificate.match(/BEGIN CERTIFICATE/g)).toHaveLength(2)
  expect(leaf.ca).toBe(made.ca)
})

test('server and client certificates of one CA shake hands for a DNS name and for an IP address; others do not', async () => {
  const now = Date.now()
  const site = readAuthority(await createAuthority({ commonName: 'Site CA', now }), now)
  const other = readAuthority(await createAuthority({ commonName: 'Site CA', now }), now)
  const server = await issueCredentials(site, { commonName: 'server', hosts: ['site.example', '127.0.0.1'], now })
  const client = await issueCredentials(site, { commonName: 'client', now })
  await mutualHandshake(server, client, 'site.example')
  await mutualHandshake(server, client, '127.0.0.1')
  await expect(mutualHandshake(server, client, 'other.example')).rejects.toMatchObject({
    code: 'ERR_TLS_CERT_ALTNAME_INVALID',
  })
  const stranger = { ...(await issueCredentials(other, { commonName: 'client', now })), ca: client.ca }
  await expect(mutualHandshake(server, stranger, '127.0.0.1')).rejects.toBeInstanceOf(Error)
})

test.skipIf(!hasOpenssl)('openssl accepts the chain strictly, for the names and purposes it is made for', async () => {
  const made = await issueCredentials(authority, {
    commonName: 'x',
    hosts: ['site.example', '10.0.0.7', '::1'],
    now: NOW,
  })
  const files = { 'ca.pem': made.ca, 'leaf.pem': made.certificate }
  const verify = (...options: string[]) =>
    openssl(
      ['verify', '-x509_strict', '-attime', String(NOW / 1000), '-CAfile', 'ca.pem', ...options, 'leaf.pem'],
      files,
    )
  expect(verify('-purpose', 'sslserver', '-verify_hostname', 'site.example')).toContain('leaf.pem: OK')
  expect(verify('-purpose', 'sslclient', '-verify_ip', '10.0.0.7')).toContain('leaf.pem: OK')
  expect(verify('-verify_ip', '::1', '-verify_hostname', '::1')).toContain('leaf.pem: OK')
  const text = openssl(['x509', '-in', 'leaf.pem', '-noout', '-text'], files)
  expect(text).toMatch(/Key Usage: critical\s+Digital Signature, Key Encipherment/)
  expect(text).toMatch(/Authority Key Identifier/)
})

test('the hosts of a certificate are those it was made for, whatever they are', async () => {
  const key = publicKeyOf(await generateKey())
  const hosts = ['::ffff:1.2.3.4', ...fc.sample(fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6()), 40)]
  const certificate = new X509Certificate(await issueCertificate(authority, key, { commonName: 'a', hosts, now: NOW }))
  expect(hostsOf(certificate)).toEqual(normalizedHosts(hosts))
})
