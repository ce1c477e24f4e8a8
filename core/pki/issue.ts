import type { KeyObject } from 'node:crypto'
import { isIP } from 'node:net'
import type { Authority } from './authority.ts'
import { lifetimeOf } from './certificate.ts'
import type { Credentials } from '../model/credentials.ts'
import { normalizedHosts } from './host-names.ts'
import { addressBytes } from './ip-address.ts'
import { generateKey, privateKeyPem, publicKeyOf } from './key.ts'
import { lifetimeFrom, YEAR_MS } from './renewal.ts'
import { distinguishedName } from './signed-asn1.ts'
import { issuerFacts, signedCertificate } from './x509-asn1.ts'

/** As long as Skupper v2's (skupper-v2 sheet, section 1.10). */
const DEFAULT_CERTIFICATE_LIFE_MS = 5 * YEAR_MS

/** GeneralName choices (RFC 5280, section 4.2.1.6). */
const DNS_NAME = 2
const IP_ADDRESS = 7

export interface LeafRequest {
  readonly commonName: string
  /** Host names and IP addresses that it is valid for as a server. */
  readonly hosts?: readonly string[]
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly lifeMs?: number
}

/** Makes a key and a certificate for it. Errors as of `issueCertificate`. */
export async function issueCredentials(authority: Authority, request: LeafRequest): Promise<Required<Credentials>> {
  const key = await generateKey()
  const certificate = await issueCertificate(authority, publicKeyOf(key), request)
  return { certificate, ca: authority.trust, key: privateKeyPem(key) }
}

/**
 * Issues a certificate for an RSA public key, for use as client and as server: PEM, with the issuer's chain where it
 * has one. It ends with its issuer at the latest. Throws `pki/bad-name`, `pki/bad-host` or `pki/key-not-rsa`.
 */
export async function issueCertificate(
  authority: Authority,
  publicKey: KeyObject,
  request: LeafRequest,
): Promise<string> {
  const issuer = issuerFacts(authority.certificate)
  const { notBefore, notAfter } = lifetimeFrom(request.now, request.lifeMs ?? DEFAULT_CERTIFICATE_LIFE_MS)
  const content = {
    issuer: issuer.name,
    subject: distinguishedName(request.commonName),
    publicKey,
    lifetime: { notBefore, notAfter: Math.min(notAfter, lifetimeOf(authority.certificate).notAfter) },
    extensions: leafExtensions(normalizedHosts(request.hosts ?? []), issuer.keyId),
  }
  return (await signedCertificate(content, authority.key)) + authority.chain
}

function leafExtensions(hosts: readonly string[], issuerKeyId: string | undefined): object[] {
  const altNames = hosts.flatMap(alternativeNames)
  return [
    { name: 'basicConstraints', critical: true, cA: false },
    { name: 'keyUsage', critical: true, digitalSignature: true, keyEncipherment: true },
    { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
    { name: 'subjectKeyIdentifier' },
    ...(issuerKeyId === undefined ? [] : [{ name: 'authorityKeyIdentifier', keyIdentifier: issuerKeyId }]),
    ...(altNames.length === 0 ? [] : [{ name: 'subjectAltName', altNames }]),
  ]
}

/** An IP address also stands as a DNS name: skupper-router compares the host it dials with those alone. */
function alternativeNames(host: string): object[] {
  const name = { type: DNS_NAME, value: host }
  if (isIP(host) === 0) return [name]
  return [{ type: IP_ADDRESS, value: addressBytes(host).toString('latin1') }, name]
}
