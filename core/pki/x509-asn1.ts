import { randomBytes } from 'node:crypto'
import type { KeyObject, X509Certificate } from 'node:crypto'
import forge from 'node-forge'
import { SkupperError } from '../model/error.ts'
import { childrenOf, derTag, readOnly } from './der.ts'
import type { DerValue } from './der.ts'
import type { Lifetime } from './renewal.ts'
import { SHA256_WITH_RSA, forgePublicKey, fromDer, partsOf, pemOf, signedDer } from './signed-asn1.ts'
import type { Asn1 } from './signed-asn1.ts'

const SERIAL_BYTES = 16
/** Where a TBSCertificate of version 3 has its names (RFC 5280, section 4.1). */
const ISSUER_AT = 3
const SUBJECT_AT = 5
const EXTENSIONS_TAG = 0xa3
/** 2.5.29.14, subjectKeyIdentifier. */
const SUBJECT_KEY_ID = Buffer.from([0x55, 0x1d, 0x0e])

/** What goes into a certificate. Names are whole ASN.1 values, so that an issuer's name is copied byte by byte. */
export interface CertificateContent {
  readonly issuer: Asn1
  readonly subject: Asn1
  readonly publicKey: KeyObject
  readonly lifetime: Lifetime
  /** Extensions in node-forge's own terms. */
  readonly extensions: readonly object[]
}

/** Builds a certificate, signs it with `key` and gives it as PEM. Throws `pki/key-not-rsa` for another public key. */
export async function signedCertificate(content: CertificateContent, key: KeyObject): Promise<string> {
  return pemOf('CERTIFICATE', await signedDer(toBeSigned(content), key))
}

/** A CA's name and subject key id (as forge's binary string), as they stand in what it issues. */
export function issuerFacts(certificate: X509Certificate): { name: Asn1; keyId: string | undefined } {
  const body = childrenOf(readOnly(certificate.raw, derTag.sequence))[0]
  const fields = body === undefined ? [] : childrenOf(body)
  const subject = fields[SUBJECT_AT]
  if (subject === undefined) throw new SkupperError('pki/not-a-certificate', 'The certificate has no subject.')
  return { name: fromDer(subject.whole), keyId: subjectKeyId(fields) }
}

function toBeSigned(content: CertificateContent): Asn1 {
  if (content.publicKey.asymmetricKeyType !== 'rsa') {
    const given = content.publicKey.asymmetricKeyType
    throw new SkupperError(
      'pki/key-not-rsa',
      `Certificates are issued for RSA keys only, not for ${given ?? 'this'}.`,
      { given },
    )
  }
  const certificate = forge.pki.createCertificate()
  certificate.serialNumber = randomSerial()
  certificate.validity.notBefore = new Date(content.lifetime.notBefore)
  certificate.validity.notAfter = new Date(content.lifetime.notAfter)
  certificate.publicKey = forgePublicKey(content.publicKey)
  certificate.siginfo.algorithmOid = certificate.signatureOid = SHA256_WITH_RSA
  certificate.setExtensions([...content.extensions])
  const [body] = partsOf(forge.pki.certificateToAsn1(certificate))
  if (body === undefined) throw new TypeError('forge built no TBSCertificate')
  const fields = partsOf(body)
  fields[ISSUER_AT] = content.issuer
  fields[SUBJECT_AT] = content.subject
  return body
}

/** 126 random bits in 16 bytes: the first byte is neither negative nor zero, as DER wants a positive number's to be. */
function randomSerial(): string {
  const bytes = randomBytes(SERIAL_BYTES)
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40
  return bytes.toString('hex')
}

function subjectKeyId(fields: readonly DerValue[]): string | undefined {
  const list = fields.find((field) => field.tag === EXTENSIONS_TAG)
  if (list === undefined) return undefined
  for (const extension of childrenOf(readOnly(list.content, derTag.sequence))) {
    const [id, ...others] = childrenOf(extension)
    const value = others.at(-1)
    if (id?.content.equals(SUBJECT_KEY_ID) === true && value !== undefined) {
      return readOnly(value.content, derTag.octetString).content.toString('latin1')
    }
  }
  return undefined
}
