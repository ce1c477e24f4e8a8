import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import { request } from 'node:https'
import { messageOf, SkupperError } from '../../core/model/error.ts'

/** An answer has a Secret and a Link for each router of the site: a few KiB. */
const MAX_ANSWER_BYTES = 256 * 1024

export interface Posting {
  /** An https URL. */
  readonly url: string
  /** PEM of the only CA that is trusted. */
  readonly ca: string
  readonly body: string | Buffer
  /** Shown to the server, with its private key; both PEM. */
  readonly client?: { readonly certificate: string; readonly key: string } | undefined
  readonly headers: OutgoingHttpHeaders
  /** For the whole exchange, from looking up the name to the last byte of the answer. */
  readonly deadlineMs: number
  readonly signal: AbortSignal
}

export interface PostAnswer {
  readonly status: number
  readonly body: string
  /** What the server asks for, if it does. */
  readonly retryAfterMs: number | undefined
}

/**
 * Sends something small over TLS 1.3 and gives the answer, whatever its status; redirects are not followed. Throws
 * `redemption/unreachable`, `redemption/untrusted` (the server has no certificate of the token's CA for its name) or
 * `redemption/bad-answer` (longer than 256 KiB).
 */
export async function post(options: Posting): Promise<PostAnswer> {
  const deadline = AbortSignal.timeout(options.deadlineMs)
  try {
    const response = await respond(options, AbortSignal.any([deadline, options.signal]))
    const body = await readAnswer(response)
    return { status: response.statusCode ?? 0, body, retryAfterMs: retryAfter(response) }
  } catch (error) {
    if (error instanceof SkupperError) throw error
    throw failure(options, error, deadline.aborted)
  }
}

function respond({ url, ca, body, client, headers }: Posting, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = request(url, {
      method: 'POST',
      ca,
      ...(client === undefined ? {} : { cert: client.certificate, key: client.key }),
      minVersion: 'TLSv1.3',
      agent: false,
      signal,
      headers: { 'content-type': 'text/plain', ...headers, 'content-length': Buffer.byteLength(body) },
    })
    sent.once('response', resolve)
    sent.once('error', reject)
    sent.end(body)
  })
}

async function readAnswer(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > MAX_ANSWER_BYTES) {
      throw new SkupperError(
        'redemption/bad-answer',
        `The issuing site's answer is longer than ${String(MAX_ANSWER_BYTES)} bytes.`,
      )
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function retryAfter({ headers }: IncomingMessage): number | undefined {
  const seconds = Number(headers['retry-after'])
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined
}

/** What node and OpenSSL call the ways in which a certificate is not trusted. */
const UNTRUSTED =
  /^(ERR_TLS_CERT|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_GET_ISSUER|UNABLE_TO_VERIFY|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH|PATH_LENGTH)/

function failure({ url, deadlineMs }: Posting, cause: unknown, late: boolean): SkupperError {
  const { host } = new URL(url)
  const code: unknown = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (typeof code === 'string' && UNTRUSTED.test(code)) {
    return new SkupperError(
      'redemption/untrusted',
      `${host} is not the site that issued the token: ${whyUntrusted(cause)}. Create a new token at that site.`,
      { given: host, cause },
    )
  }
  const why = late ? `no answer within ${String(deadlineMs / 1000)} s` : messageOf(cause)
  return new SkupperError('redemption/unreachable', `Cannot reach the issuing site at ${host}: ${why}.`, {
    given: host,
    cause,
  })
}

/** Node goes on with advice on its own flags. */
function whyUntrusted(cause: unknown): string {
  return messageOf(cause).split(';', 1)[0] ?? ''
}
