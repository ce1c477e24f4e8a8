import { X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { fingerprintsOf } from '../../../../core/pki/fingerprint.ts'
import { issueCredentials } from '../../../../core/pki/issue.ts'
import { testAuthority } from '../../../support/credential-files.ts'

test('each certificate of a text has its SHA-256', async () => {
  const authority = await testAuthority('ca')
  const { certificate, ca } = await issueCredentials(authority, { commonName: 'a', hosts: [], now: Date.now() })
  const usual = (pem: string) => new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase()
  expect(fingerprintsOf(`${certificate}\n${ca}`)).toEqual([usual(certificate), usual(ca)])
})

test.each(['', 'no PEM', '-----BEGIN CERTIFICATE-----'])('%j has none', (text) => {
  expect(fingerprintsOf(text)).toEqual([])
})
