import { createPublicKey, verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import forge from 'node-forge'
import { messageOf, SkupperError } from '../model/error.ts'
import { childrenOf, derTag, readOnly } from './der.ts'
import type { DerValue } from './der.ts'
import { publicKeyHash, publicKeyOf } from './key.ts'
import { distinguishedName, forgePublicKey, partsOf, SHA256_WITH_RSA, signedDer } from './signed-asn1.ts'

/** Bytes of DER: a request for an RSA-4096 key with a long name is half of it. */
export const MAX_REQUEST_BYTES = 4096
const BAD_REQUEST = 'pki/bad-request'
const MIN_RSA_BITS = 2048
const MAX_RSA_BITS = 4096
/** Larger exponents only make the check of a signature slow. */
const MAX_RSA_EXPONENT = 0xffff_ffffn
/** The AlgorithmIdentifier of sha256WithRSAEncryption (RFC 4055, section 5). The signature does not cover it. */
const SHA256_WITH_RSA_DER = Buffer.from('300d06092a864886f70d01010b0500', 'hex')
/** Where a CertificationRequestInfo has its parts (RFC 2986, section 4.1). */
const SUBJECT_AT = 1
const PUBLIC_KEY_AT = 2

/** A request whose signature was checked: its maker holds the private key. */
export interface VerifiedRequest {
  readonly publicKey: KeyObject
  /** SHA-256 of its SubjectPublicKeyInfo, hex. */
  readonly keyHash: string
}

/** Makes a PKCS#10 request (DER) for an existing RSA private key. Throws `pki/bad-name`. */
export async function makeCertificateRequest(key: KeyObject, commonName: string): Promise<Buffer> {
  const request = forge.pki.createCertificationRequest()
  request.publicKey = forgePublicKey(publicKeyOf(key))
  request.signatureOid = request.siginfo.algorithmOid = SHA256_WITH_RSA
  const [body] = partsOf(forge.pki.certificationRequestToAsn1(request))
  if (body === undefined) throw new TypeError('forge built no CertificationRequestInfo')
  partsOf(body)[SUBJECT_AT] = distinguishedName(commonName)
  return signedDer(body, key)
}

/**
 * Reads a PKCS#10 request of a stranger and checks that it was signed with the key it names. Its subject and attributes
 * are ignored: what a request claims of itself proves nothing. Throws `pki/bad-request`.
 */
export function readCertificateRequest(der: Buffer): VerifiedRequest {
  if (der.length > MAX_REQUEST_BYTES) throw badRequest(`its ${String(der.length)} bytes are too many`)
  const { body, signature, publicKey } = readParts(der)
  requireFairKey(publicKey)
  if (!verify('sha256', body, publicKey, signature)) throw badRequest('its signature is not by the key it names')
  return { publicKey, keyHash: publicKeyHash(publicKey) }
}

interface RequestParts {
  readonly body: Buffer
  readonly signature: Buffer
  readonly publicKey: KeyObject
}

function readParts(der: Buffer): RequestParts {
  try {
    const [body, algorithm, signature, excess] = childrenOf(readOnly(der, derTag.sequence))
    if (body === undefined || algorithm === undefined || signature === undefined || excess !== undefined) {
      throw badRequest('it does not have its three parts')
    }
    if (!algorithm.whole.equals(SHA256_WITH_RSA_DER)) throw badRequest('it is not signed with sha256WithRSAEncryption')
    const key = childrenOf(body)[PUBLIC_KEY_AT]
    if (key === undefined) throw badRequest('it names no key')
    return {
      body: body.whole,
      signature: bitsOf(signature),
      publicKey: createPublicKey({ key: key.whole, type: 'spki', format: 'der' }),
    }
  } catch (cause) {
    if (cause instanceof SkupperError && cause.code === BAD_REQUEST) throw cause
    throw badRequest(messageOf(cause), cause)
  }
}

function bitsOf(value: DerValue): Buffer {
  const unused = value.content[0]
  if (value.tag !== derTag.bitString || unused !== 0) throw badRequest('its signature is not a bit string')
  return value.content.subarray(1)
}

function requireFairKey(key: KeyObject): void {
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {}
  if (key.asymmetricKeyType !== 'rsa') throw badRequest('its key is not RSA')
  if (modulusLength < MIN_RSA_BITS || modulusLength > MAX_RSA_BITS || publicExponent > MAX_RSA_EXPONENT) {
    throw badRequest(`its RSA key has ${String(modulusLength)} bits and exponent ${String(publicExponent)}`)
  }
}

function badRequest(why: string, cause?: unknown): SkupperError {
  return new SkupperError(BAD_REQUEST, `Not usable as a certificate request: ${why}.`, {
    cause,
    wanted: 'PKCS#10, RSA 2048 to 4096, SHA-256',
  })
}
