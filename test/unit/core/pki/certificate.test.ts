import { describe, expect, test } from 'vitest'
import {
  lifetimeOf,
  nameOf,
  readCertificate,
  requireIssuedBy,
  requireKeyOf,
  requireValidAt,
} from '../../../../core/pki/certificate.ts'
import { readPrivateKey } from '../../../../core/pki/key.ts'
import { companyAuthority, ecAuthority, ecLeaf } from '../../../support/foreign-certificates.ts'

const leaf = readCertificate(ecLeaf.certificate)
const thrown = (code: string) => expect.objectContaining({ code }) as Error

describe('readCertificate', () => {
  test('reads the first certificate of a text, whatever stands around it', () => {
    expect(readCertificate(`subject: x\n${ecLeaf.certificate}${ecAuthority.certificate}`).subject).toBe(
      'CN=elliptic.example',
    )
  })

  test('refuses text cut anywhere', () => {
    const end = ecLeaf.certificate.indexOf('-----END')
    for (let length = 0; length < end; length += 7) {
      expect(() => readCertificate(ecLeaf.certificate.slice(0, length))).toThrow(thrown('pki/not-a-certificate'))
    }
  })

  test('refuses DER, keys and what is too long', () => {
    for (const text of [leaf.raw.toString('latin1'), ecLeaf.key, ecLeaf.certificate + ' '.repeat(300_000)]) {
      expect(() => readCertificate(text)).toThrow(thrown('pki/not-a-certificate'))
    }
  })
})

test('a certificate is recognised as issued by its CA only', () => {
  requireIssuedBy(leaf, readCertificate(ecAuthority.certificate))
  for (const other of [companyAuthority, ecLeaf]) {
    expect(() => {
      requireIssuedBy(leaf, readCertificate(other.certificate))
    }).toThrow(thrown('pki/not-issued-by'))
  }
})

test('a key belongs to one certificate', () => {
  requireKeyOf(leaf, readPrivateKey(ecLeaf.key))
  expect(() => {
    requireKeyOf(leaf, readPrivateKey(ecAuthority.key))
  }).toThrow(thrown('pki/key-mismatch'))
})

test('a certificate is valid from its first to its last moment', () => {
  const { notBefore, notAfter } = lifetimeOf(leaf)
  requireValidAt(leaf, notBefore)
  requireValidAt(leaf, notAfter)
  expect(() => {
    requireValidAt(leaf, notBefore - 1)
  }).toThrow(thrown('pki/not-yet-valid'))
  expect(() => {
    requireValidAt(leaf, notAfter + 1)
  }).toThrow(thrown('pki/expired'))
})

test('a name of several parts is one line', () => {
  expect(nameOf(readCertificate(companyAuthority.certificate))).toMatch(/^C=DE, O=.* & Co, .*CN=Company CA$/)
})
