import type { KeyObject } from 'node:crypto'
import forge from 'node-forge'
import { SkupperError } from '../model/error.ts'
import { signSha256 } from './key.ts'

const { asn1 } = forge
const { Class, Type } = asn1

/** The upper bound of a common name (RFC 5280, appendix A: ub-common-name). */
export const MAX_COMMON_NAME = 64

export const SHA256_WITH_RSA = '1.2.840.113549.1.1.11'
const COMMON_NAME = '2.5.4.3'

/** The ASN.1 tree of forge, which encodes what this program signs. */
export type Asn1 = forge.asn1.Asn1

/** Signs `body` (a TBSCertificate or CertificationRequestInfo) and gives the whole as DER: body, algorithm, signature. */
export async function signedDer(body: Asn1, key: KeyObject): Promise<Buffer> {
  const signature = await signSha256(toDer(body), key)
  const bits = asn1.create(Class.UNIVERSAL, Type.BITSTRING, false, `\0${signature.toString('latin1')}`)
  return toDer(asn1.create(Class.UNIVERSAL, Type.SEQUENCE, true, [body, sha256WithRsa(), bits]))
}

/** A distinguished name with nothing but a common name. Throws `pki/bad-name` unless it has 1 to 64 printable characters. */
export function distinguishedName(commonName: string): Asn1 {
  if (commonName.length > MAX_COMMON_NAME || !/^\P{C}+$/u.test(commonName)) {
    throw new SkupperError('pki/bad-name', `"${commonName}" cannot be a certificate's common name.`, {
      given: commonName,
      wanted: `1 to ${String(MAX_COMMON_NAME)} printable characters`,
    })
  }
  const type = asn1.create(Class.UNIVERSAL, Type.OID, false, oid(COMMON_NAME))
  const value = asn1.create(Class.UNIVERSAL, Type.UTF8, false, forge.util.encodeUtf8(commonName))
  const attribute = asn1.create(Class.UNIVERSAL, Type.SEQUENCE, true, [type, value])
  return asn1.create(Class.UNIVERSAL, Type.SEQUENCE, true, [asn1.create(Class.UNIVERSAL, Type.SET, true, [attribute])])
}

/** The parts of a constructed value. The array is the tree's own: replacing a part changes the tree. */
export function partsOf(node: Asn1 | undefined): Asn1[] {
  if (node === undefined || typeof node.value === 'string') throw new TypeError('not a constructed ASN.1 value')
  return node.value
}

/** Reads DER that is known to be good: a part of a certificate which node:crypto has read. */
export function fromDer(der: Buffer): Asn1 {
  return asn1.fromDer(der.toString('latin1'))
}

/** An RSA public key as forge's own kind of key. */
export function forgePublicKey(key: KeyObject): forge.pki.PublicKey {
  return forge.pki.publicKeyFromPem(key.export({ type: 'spki', format: 'pem' }))
}

/** PEM armour with lines of 64 characters. */
export function pemOf(label: 'CERTIFICATE' | 'CERTIFICATE REQUEST', der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}

function sha256WithRsa(): Asn1 {
  const algorithm = asn1.create(Class.UNIVERSAL, Type.OID, false, oid(SHA256_WITH_RSA))
  const noParameters = asn1.create(Class.UNIVERSAL, Type.NULL, false, '')
  return asn1.create(Class.UNIVERSAL, Type.SEQUENCE, true, [algorithm, noParameters])
}

function oid(dotted: string): string {
  return asn1.oidToDer(dotted).getBytes()
}

function toDer(node: Asn1): Buffer {
  return Buffer.from(asn1.toDer(node).getBytes(), 'latin1')
}
