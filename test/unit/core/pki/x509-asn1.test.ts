import { X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { createAuthority } from '../../../../core/pki/authority.ts'
import { generateKey, publicKeyOf } from '../../../../core/pki/key.ts'
import { distinguishedName } from '../../../../core/pki/signed-asn1.ts'
import { issuerFacts, signedCertificate } from '../../../../core/pki/x509-asn1.ts'
import { companyAuthority } from '../../../support/foreign-certificates.ts'

const NOW = Date.UTC(2030, 0, 1)

async function certificate(lifetime: { notBefore: number; notAfter: number }) {
  const key = await generateKey()
  const name = distinguishedName('a')
  const content = { issuer: name, subject: name, publicKey: publicKeyOf(key), lifetime, extensions: [] }
  return new X509Certificate(await signedCertificate(content, key))
}

test('an issuer name of several parts is copied as it is', async () => {
  const company = new X509Certificate(companyAuthority.certificate)
  const key = await generateKey()
  const content = {
    issuer: issuerFacts(company).name,
    subject: distinguishedName('a'),
    publicKey: publicKeyOf(key),
    lifetime: { notBefore: NOW, notAfter: NOW + 1000 },
    extensions: [],
  }
  expect(new X509Certificate(await signedCertificate(content, key)).issuer).toBe(company.subject)
})

test('the key id of an issuer is the one it names', async () => {
  const { certificate: pem } = await createAuthority({ commonName: 'ca', now: NOW })
  expect(issuerFacts(new X509Certificate(pem)).keyId).toHaveLength(20)
})

test('an issuer without extensions has no key id', async () => {
  const bare = await certificate({ notBefore: NOW, notAfter: NOW + 1000 })
  expect(issuerFacts(bare).keyId).toBeUndefined()
})

test('times before and after 2050, where the encoding changes, come out as they went in', async () => {
  const made = await certificate({ notBefore: Date.UTC(2049, 11, 31), notAfter: Date.UTC(2051, 0, 1) })
  expect(made.validFromDate.getTime()).toBe(Date.UTC(2049, 11, 31))
  expect(made.validToDate.getTime()).toBe(Date.UTC(2051, 0, 1))
})
