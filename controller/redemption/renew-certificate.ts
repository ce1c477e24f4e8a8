import type { Credentials } from '../../core/model/credentials.ts'
import type { AccessToken } from '../../core/model/access-token.ts'
import { lifetimeOf, readCertificate } from '../../core/pki/certificate.ts'
import { post, type PostAnswer } from './post.ts'

const REQUEST_TYPE = 'application/pkcs10'

/** How a renewal is asked for. */
export interface RenewalAsk {
  /** What the link shows now. */
  readonly current: Required<Credentials>
  readonly deadlineMs: number
  readonly signal: AbortSignal
}

/**
 * Asks the site that a token came from for a newer certificate: by the certificate there is, and so also when the
 * token's grant is gone. Throws what `post` throws.
 */
export function postRenewal(
  { metadata, spec }: AccessToken,
  request: Buffer,
  { current, deadlineMs, signal }: RenewalAsk,
): Promise<PostAnswer> {
  const headers = { name: metadata.name, 'content-type': REQUEST_TYPE }
  const url = new URL('/renew', spec.url).href
  return post({ url, ca: spec.ca, client: current, body: request, headers, deadlineMs, signal })
}

/** Tells that site that its certificate is in use: it may be waiting for that to part with an old CA. */
export function postConfirmation(
  { spec }: AccessToken,
  { current, deadlineMs, signal }: RenewalAsk,
): Promise<PostAnswer> {
  const url = new URL('/renewed', spec.url).href
  return post({ url, ca: spec.ca, client: current, body: '', headers: {}, deadlineMs, signal })
}

/** Whether a certificate can be shown at `now` (milliseconds): an expired one opens nothing. */
export function isCurrent({ certificate }: Credentials, now: number): boolean {
  const { notBefore, notAfter } = lifetimeOf(readCertificate(certificate))
  return now >= notBefore && now < notAfter
}
