import { X509Certificate } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { SkupperError } from '../model/error.ts'
import type { Lifetime } from './renewal.ts'

const MAX_PEM_CHARACTERS = 256 * 1024

/**
 * Reads the first certificate of a PEM text; a supplied one may have a key of any kind.
 * Throws `pki/not-a-certificate`.
 */
export function readCertificate(pem: string): X509Certificate {
  if (pem.length > MAX_PEM_CHARACTERS)
    throw notACertificate(`it is longer than ${String(MAX_PEM_CHARACTERS)} characters`)
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) throw notACertificate('it is not in PEM form')
  try {
    return new X509Certificate(pem)
  } catch (cause) {
    throw notACertificate('it is broken', cause)
  }
}

/** When the certificate is valid. */
export function lifetimeOf(certificate: X509Certificate): Lifetime {
  return { notBefore: certificate.validFromDate.getTime(), notAfter: certificate.validToDate.getTime() }
}

/** Throws `pki/not-yet-valid` or `pki/expired` if the certificate is not valid at `now` (milliseconds). */
export function requireValidAt(certificate: X509Certificate, now: number): void {
  const { notBefore, notAfter } = lifetimeOf(certificate)
  const subject = nameOf(certificate)
  if (now < notBefore) {
    const from = new Date(notBefore).toISOString()
    throw new SkupperError('pki/not-yet-valid', `The certificate of "${subject}" is valid only from ${from} on.`, {
      given: from,
    })
  }
  if (now > notAfter) {
    const until = new Date(notAfter).toISOString()
    throw new SkupperError('pki/expired', `The certificate of "${subject}" expired at ${until}.`, { given: until })
  }
}

/** Throws `pki/key-mismatch` unless the private key belongs to the certificate. */
export function requireKeyOf(certificate: X509Certificate, key: KeyObject): void {
  if (certificate.checkPrivateKey(key)) return
  throw new SkupperError(
    'pki/key-mismatch',
    `The private key does not belong to the certificate of "${nameOf(certificate)}".`,
  )
}

/** Throws `pki/not-issued-by` unless `issuer` is a CA that signed the certificate. */
export function requireIssuedBy(certificate: X509Certificate, issuer: X509Certificate): void {
  if (issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)) return
  throw new SkupperError(
    'pki/not-issued-by',
    `The certificate of "${nameOf(certificate)}" was not issued by "${nameOf(issuer)}".`,
  )
}

/** SHA-256 of the whole certificate, in lower-case hex. */
export function fingerprintOf(certificate: X509Certificate): string {
  return certificate.fingerprint256.replaceAll(':', '').toLowerCase()
}

/** The subject as one line, for messages. */
export function nameOf(certificate: X509Certificate): string {
  return (certificate.subject as string | undefined)?.replaceAll('\n', ', ') ?? ''
}

function notACertificate(why: string, cause?: unknown): SkupperError {
  return new SkupperError('pki/not-a-certificate', `Not readable as a certificate: ${why}.`, { cause })
}
