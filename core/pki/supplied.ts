import type { X509Certificate } from 'node:crypto'
import { SkupperError } from '../model/error.ts'
import { readCertificate, requireKeyOf, requireValidAt } from './certificate.ts'
import type { GivenCredentials } from '../model/credentials.ts'
import { readPrivateKey } from './key.ts'

/**
 * Checks credentials that somebody else made, at `now` (milliseconds): certificate and key may be of any kind, but must
 * belong together and be valid. Gives the leaf. Throws `pki/not-a-certificate`, `pki/not-a-key`, `pki/key-mismatch`,
 * `pki/not-yet-valid` or `pki/expired`.
 */
export function checkSupplied(credentials: GivenCredentials, now: number): X509Certificate {
  const certificate = readCertificate(credentials.certificate ?? '')
  if (credentials.key === undefined) {
    throw new SkupperError('pki/not-a-key', 'The certificate has no private key beside it.')
  }
  requireKeyOf(certificate, readPrivateKey(credentials.key))
  requireValidAt(certificate, now)
  readCertificate(credentials.ca)
  return certificate
}
