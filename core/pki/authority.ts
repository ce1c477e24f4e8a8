import type { KeyObject, X509Certificate } from 'node:crypto'
import { SkupperError } from '../model/error.ts'
import { nameOf, readCertificate, requireKeyOf, requireValidAt } from './certificate.ts'
import type { Credentials, GivenCredentials } from '../model/credentials.ts'
import { generateKey, privateKeyPem, publicKeyOf, readPrivateKey } from './key.ts'
import { lifetimeFrom, YEAR_MS } from './renewal.ts'
import { distinguishedName } from './signed-asn1.ts'
import { signedCertificate } from './x509-asn1.ts'

const DEFAULT_AUTHORITY_LIFE_MS = 10 * YEAR_MS

/** A CA that may sign: its certificate was valid when it was read, and the key belongs to it. */
export interface Authority {
  readonly certificate: X509Certificate
  readonly key: KeyObject
  /** PEM of what peers must trust. */
  readonly trust: string
  /** PEM that follows each certificate it issues: empty for a self-signed CA, its own chain for an intermediate one. */
  readonly chain: string
}

export interface AuthorityRequest {
  readonly commonName: string
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly lifeMs?: number
  /** Given to renew a CA: with the same name and key, all it issued before stays valid under the new certificate. */
  readonly key?: KeyObject
}

/** Makes a self-signed CA, which may sign leaves but no further CA. */
export async function createAuthority(request: AuthorityRequest): Promise<Required<Credentials>> {
  const key = request.key ?? (await generateKey())
  const name = distinguishedName(request.commonName)
  const content = {
    issuer: name,
    subject: name,
    publicKey: publicKeyOf(key),
    lifetime: lifetimeFrom(request.now, request.lifeMs ?? DEFAULT_AUTHORITY_LIFE_MS),
    extensions: [
      { name: 'basicConstraints', critical: true, cA: true, pathLenConstraint: 0 },
      { name: 'keyUsage', critical: true, digitalSignature: true, keyCertSign: true, cRLSign: true },
      { name: 'subjectKeyIdentifier' },
    ],
  }
  const certificate = await signedCertificate(content, key)
  return { certificate, ca: certificate, key: privateKeyPem(key) }
}

/**
 * Reads a CA, our own or one that a user supplied, to sign with it at `now` (milliseconds). Throws
 * `pki/not-a-certificate`, `pki/not-a-key`, `pki/not-a-ca`, `pki/issuer-not-rsa`, `pki/key-mismatch`,
 * `pki/not-yet-valid` or `pki/expired`.
 */
export function readAuthority(credentials: GivenCredentials, now: number): Authority {
  const pem = credentials.certificate ?? ''
  const certificate = readCertificate(pem)
  const key = readPrivateKey(credentials.key ?? '')
  if (!certificate.ca) {
    throw new SkupperError('pki/not-a-ca', `The certificate of "${nameOf(certificate)}" is not one of a CA.`)
  }
  if (key.asymmetricKeyType !== 'rsa') {
    throw new SkupperError(
      'pki/issuer-not-rsa',
      `A supplied issuer must have an RSA key; this one has ${key.asymmetricKeyType ?? 'another'}.`,
      {
        given: key.asymmetricKeyType,
        wanted: 'rsa',
      },
    )
  }
  requireKeyOf(certificate, key)
  requireValidAt(certificate, now)
  const selfSigned = certificate.checkIssued(certificate)
  return {
    certificate,
    key,
    trust: selfSigned || credentials.ca === '' ? pem : credentials.ca,
    chain: selfSigned ? '' : pem,
  }
}
