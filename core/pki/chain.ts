import type { X509Certificate } from 'node:crypto'
import { SkupperError } from '../model/error.ts'
import { readCertificate, requireIssuedBy } from './certificate.ts'

/** Certificates in one PEM text. */
const MAX_CHAIN = 8
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/** All certificates of a PEM text, at least one. Throws `pki/not-a-certificate` or, for more than 8, `pki/bad-chain`. */
export function readChain(pem: string): X509Certificate[] {
  const texts = pem.match(CERTIFICATE) ?? [pem]
  if (texts.length > MAX_CHAIN) {
    throw new SkupperError('pki/bad-chain', `A chain of ${String(texts.length)} certificates is too long.`, {
      given: texts.length,
      wanted: `at most ${String(MAX_CHAIN)}`,
    })
  }
  return texts.map(readCertificate)
}

/**
 * Checks that each certificate of `pem` was issued by the next, and the last by one of `trust` (PEM), and gives the
 * first. Times are left alone: whoever connects later checks them. Throws `pki/not-issued-by`, or as `readChain`.
 */
export function requireChain(pem: string, trust: string): X509Certificate {
  const [leaf, ...issuers] = readChain(pem)
  if (leaf === undefined) throw new SkupperError('pki/bad-chain', 'There is no certificate in the chain.')
  let last = leaf
  for (const issuer of issuers) {
    requireIssuedBy(last, issuer)
    last = issuer
  }
  const anchors = readChain(trust)
  const anchor = anchors.find((candidate) => last.checkIssued(candidate)) ?? anchors[0] ?? last
  requireIssuedBy(last, anchor)
  return leaf
}
