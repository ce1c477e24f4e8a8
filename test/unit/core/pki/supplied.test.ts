import { expect, test } from 'vitest'
import type { Credentials } from '../../../../core/model/credentials.ts'
import { checkSupplied } from '../../../../core/pki/supplied.ts'
import { companyAuthority, ecAuthority, ecLeaf } from '../../../support/foreign-certificates.ts'

const NOW = Date.UTC(2030, 0, 1)

const codeOf = (credentials: Credentials, now = NOW): unknown => {
  try {
    checkSupplied(credentials, now)
    return 'usable'
  } catch (error) {
    return (error as { code?: unknown }).code
  }
}

test('a supplied leaf may have a key of any kind', () => {
  expect(checkSupplied(ecLeaf, NOW).subject).toBe('CN=elliptic.example')
  expect(codeOf(companyAuthority)).toBe('usable')
})

test('each thing wrong with supplied credentials has its own code', () => {
  expect(codeOf({ ...ecLeaf, key: ecAuthority.key })).toBe('pki/key-mismatch')
  expect(codeOf({ certificate: ecLeaf.certificate, ca: ecLeaf.ca })).toBe('pki/not-a-key')
  expect(codeOf({ ...ecLeaf, key: ecLeaf.certificate })).toBe('pki/not-a-key')
  expect(codeOf({ ...ecLeaf, certificate: ecLeaf.key })).toBe('pki/not-a-certificate')
  expect(codeOf({ ...ecLeaf, ca: '' })).toBe('pki/not-a-certificate')
  expect(codeOf(ecLeaf, Date.UTC(2020, 0, 1))).toBe('pki/not-yet-valid')
  expect(codeOf(ecLeaf, Date.UTC(2060, 0, 1))).toBe('pki/expired')
})
