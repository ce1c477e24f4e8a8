import { beforeAll, expect, test } from 'vitest'
import { createAuthority, readAuthority } from '../../../../core/pki/authority.ts'
import { readChain, requireChain } from '../../../../core/pki/chain.ts'
import type { Credentials } from '../../../../core/model/credentials.ts'
import { issueCredentials } from '../../../../core/pki/issue.ts'
import { companyAuthority, ecAuthority, ecLeaf } from '../../../support/foreign-certificates.ts'
import { hasOpenssl, openssl } from '../../../support/openssl.ts'

const NOW = Date.UTC(2030, 0, 1)
const notIssued = expect.objectContaining({ code: 'pki/not-issued-by' }) as Error

let site: Required<Credentials>
let leaf: Required<Credentials>

beforeAll(async () => {
  site = await createAuthority({ commonName: 'Site CA', now: NOW })
  leaf = await issueCredentials(readAuthority(site, NOW), { commonName: 'leaf', now: NOW })
})

test('a certificate is traced to its CA, wherever that stands among the trusted', () => {
  expect(requireChain(leaf.certificate, site.certificate).subject).toBe('CN=leaf')
  expect(requireChain(leaf.certificate, ecAuthority.certificate + site.certificate).subject).toBe('CN=leaf')
  expect(requireChain(ecLeaf.certificate, ecAuthority.certificate).subject).toBe('CN=elliptic.example')
})

test.skipIf(!hasOpenssl)('a certificate is traced through an intermediate CA', () => {
  const { certificate, key } = intermediate()
  const middle = readAuthority({ certificate, key, ca: companyAuthority.certificate }, NOW)
  return issueCredentials(middle, { commonName: 'leaf', now: NOW }).then((made) => {
    expect(made.ca).toBe(companyAuthority.certificate)
    expect(requireChain(made.certificate, made.ca).subject).toBe('CN=leaf')
    const verified = openssl(
      ['verify', '-attime', String(NOW / 1000), '-CAfile', 'ca.pem', '-untrusted', 'leaf.pem', 'leaf.pem'],
      {
        'ca.pem': made.ca,
        'leaf.pem': made.certificate,
      },
    )
    expect(verified).toContain('OK')
  })
})

test('a certificate of another CA, of a CA of the same name, or out of order is refused', async () => {
  const namesake = await createAuthority({ commonName: 'Site CA', now: NOW })
  expect(() => requireChain(leaf.certificate, companyAuthority.certificate)).toThrow(notIssued)
  expect(() => requireChain(leaf.certificate, namesake.certificate)).toThrow(notIssued)
  expect(() => requireChain(companyAuthority.certificate + leaf.certificate, site.certificate)).toThrow(notIssued)
  expect(() => requireChain(leaf.certificate, leaf.certificate)).toThrow(notIssued)
})

test('a chain has at least one certificate and at most 8', () => {
  expect(() => readChain('')).toThrow(expect.objectContaining({ code: 'pki/not-a-certificate' }) as Error)
  expect(readChain(leaf.certificate.repeat(8))).toHaveLength(8)
  expect(() => readChain(leaf.certificate.repeat(9))).toThrow(
    expect.objectContaining({ code: 'pki/bad-chain' }) as Error,
  )
})

/** A CA under the company's, made by openssl: ours make leaves only. */
function intermediate(): { certificate: string; key: string } {
  const key = openssl(['genrsa', '2048']).replace(/^[^-]*/, '')
  const request = openssl(['req', '-new', '-key', 'key.pem', '-subj', '/CN=Middle CA'], { 'key.pem': key })
  const certificate = openssl(
    [
      'x509',
      '-req',
      '-in',
      'request.pem',
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca.key',
      '-days',
      '3650',
      '-extfile',
      'ext',
      '-set_serial',
      '7',
    ],
    {
      'request.pem': request,
      'ca.pem': companyAuthority.certificate,
      'ca.key': companyAuthority.key,
      ext: 'basicConstraints=critical,CA:TRUE',
    },
  )
  return { key, certificate: /-----BEGIN[^]+-----END CERTIFICATE-----\n/.exec(certificate)?.[0] ?? '' }
}
