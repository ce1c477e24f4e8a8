import type { X509Certificate } from 'node:crypto'
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { TLSSocket } from 'node:tls'
import type { Redemption, RedemptionDesk } from './redemption-desk.ts'
import type { RenewalDesk, RenewalResult } from './renewal-desk.ts'
import { remoteNetwork } from './remote-network.ts'

/** A code has at most 1,024 characters, and a certificate request as many bytes as are read of one. */
const MAX_BODY_BYTES = 4096
const RETRY_MS = 2_000
/** No uid of a grant is such a word. */
const RENEWAL_PATH = '/renew'
const CONFIRMATION_PATH = '/renewed'
const GRANT_PATH = /^\/([A-Za-z0-9-]{1,128})$/
/** Names of Kubernetes objects, with room for the "-1" of a site with several routers. */
const OBJECT_NAME = /^[a-z0-9]([-a-z0-9.]{0,246}[a-z0-9])?$/
const SUBJECT = /^[\x20-\x7e]{1,253}$/
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/

/** What goes over HTTP. */
interface Answer {
  readonly status: number
  readonly body: string
  readonly type?: string
  readonly retryMs?: number
}

/** One and the same for an unknown grant, a wrong code, one that expired, was used up or revoked. */
const REFUSAL: Answer = { status: 403, body: 'it may be wrong, expired or used up\n' }

/** Who answers what is asked. */
export interface Desks {
  readonly redemptions: Pick<RedemptionDesk, 'redeem'>
  readonly renewals: Pick<RenewalDesk, 'renew' | 'confirm'>
}

/**
 * Skupper v2's exchange over HTTP (skupper-v2 sheet, section 4): POST /GRANT-UID with the code as body and the headers
 * `name` and `subject`, and in addition `certificate-request`, the base64 of a PKCS#10 request, and `site-name`. For
 * who shows a certificate of this site: POST /renew with a PKCS#10 request (DER) as body and the header `name`, which
 * is answered like a redemption, and POST /renewed, which says that the certificate shown is in use.
 */
export async function answerExchange(desks: Desks, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController()
  response.once('close', () => {
    gone.abort()
  })
  request.once('error', () => undefined)
  const answer = await answerTo(desks, request, gone.signal)
  if (gone.signal.aborted) return
  send(response, answer)
}

async function answerTo(desks: Desks, request: IncomingMessage, signal: AbortSignal): Promise<Answer> {
  if (request.method !== 'POST') return { status: 405, body: 'Only POST is supported.\n' }
  const body = await readBody(request)
  if (body === undefined) return { status: 413, body: `A code has at most ${String(MAX_BODY_BYTES)} bytes.\n` }
  const asked = { from: remoteNetwork(request.socket.remoteAddress), certificate: certificateOf(request) }
  if (request.url === CONFIRMATION_PATH) return answerOf(await desks.renewals.confirm(asked))
  if (request.url === RENEWAL_PATH) {
    const name = headerOf(request, 'name') ?? ''
    if (!OBJECT_NAME.test(name)) return { status: 400, body: NAME_FAULT }
    return answerOf(await desks.renewals.renew({ ...asked, name, certificateRequest: body }))
  }
  const redemption = redemptionOf(request, body.toString('utf8'), signal)
  if (typeof redemption === 'string') return { status: 400, body: redemption }
  return answerOf(await desks.redemptions.redeem(redemption))
}

/** What the peer has shown: the handshake has proved that it has the key, and nothing else. */
function certificateOf({ socket }: IncomingMessage): X509Certificate | undefined {
  return socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined
}

/** The body, as long as it can be one; what is beyond is not read. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > MAX_BODY_BYTES) return undefined
      chunks.push(chunk)
    }
  } catch {
    return undefined
  }
  return Buffer.concat(chunks)
}

/** The redemption, or what is wrong with the request: something a holder of any token could know. */
function redemptionOf(request: IncomingMessage, code: string, signal: AbortSignal): Redemption | string {
  const name = headerOf(request, 'name') ?? ''
  const subject = headerOf(request, 'subject') ?? name
  const encoded = headerOf(request, 'certificate-request')
  const fault = headerFault(name, subject, encoded) ?? siteNameFault(request)
  if (fault !== undefined) return fault
  return {
    from: remoteNetwork(request.socket.remoteAddress),
    // A path that cannot be a grant's goes the way of an unknown grant.
    grantId: GRANT_PATH.exec(request.url ?? '')?.[1] ?? '',
    code,
    name,
    subject,
    siteName: headerOf(request, 'site-name'),
    certificateRequest: encoded === undefined ? undefined : Buffer.from(encoded, 'base64'),
    signal,
  }
}

const NAME_FAULT = 'The header "name" must be the name of an object.\n'

function siteNameFault(request: IncomingMessage): string | undefined {
  const name = headerOf(request, 'site-name')
  if (name === undefined || SUBJECT.test(name)) return undefined
  return 'The header "site-name" must have 1 to 253 printable characters.\n'
}

function headerFault(name: string, subject: string, encoded: string | undefined): string | undefined {
  if (!OBJECT_NAME.test(name)) return NAME_FAULT
  if (!SUBJECT.test(subject)) return 'The header "subject" must have 1 to 253 printable characters.\n'
  if (encoded !== undefined && !BASE64.test(encoded)) return 'The header "certificate-request" must be base64.\n'
  return undefined
}

function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value[0] : value
}

function answerOf(result: RenewalResult): Answer {
  switch (result.kind) {
    case 'redeemed':
      return { status: 200, body: result.yaml, type: 'application/yaml' }
    case 'noted':
      return { status: 204, body: '' }
    case 'refused':
      return REFUSAL
    case 'bad-certificate-request':
      return { status: 400, body: `${result.message}\n` }
    case 'too-many':
      return { status: 429, body: 'Too many attempts.\n', retryMs: result.retryMs }
    case 'unavailable':
      return { status: 503, body: 'The token cannot be redeemed at the moment.\n', retryMs: RETRY_MS }
  }
}

function send(response: ServerResponse, { status, body, type = 'text/plain', retryMs }: Answer): void {
  const headers: OutgoingHttpHeaders = {
    'content-type': `${type}; charset=utf-8`,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    connection: 'close',
  }
  if (retryMs !== undefined) headers['retry-after'] = String(Math.ceil(retryMs / 1000))
  response.writeHead(status, headers)
  response.end(body)
}
