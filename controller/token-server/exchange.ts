import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { Redemption, RedemptionDesk, RedemptionResult } from './redemption-desk.ts'
import { remoteNetwork } from './remote-network.ts'

/** A code has at most 1,024 characters. */
const MAX_CODE_BYTES = 4096
const RETRY_MS = 2_000
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

/**
 * Skupper v2's exchange over HTTP (skupper-v2 sheet, section 4): POST /GRANT-UID with the code as body and the headers
 * `name` and `subject`, and in addition `certificate-request`, the base64 of a PKCS#10 request.
 */
export async function answerExchange(
  desk: Pick<RedemptionDesk, 'redeem'>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController()
  response.once('close', () => {
    gone.abort()
  })
  request.once('error', () => undefined)
  const answer = await answerTo(desk, request, gone.signal)
  if (gone.signal.aborted) return
  send(response, answer)
}

async function answerTo(
  desk: Pick<RedemptionDesk, 'redeem'>,
  request: IncomingMessage,
  signal: AbortSignal,
): Promise<Answer> {
  if (request.method !== 'POST') return { status: 405, body: 'Only POST is supported.\n' }
  const code = await readBody(request)
  if (code === undefined) return { status: 413, body: `A code has at most ${String(MAX_CODE_BYTES)} bytes.\n` }
  const redemption = redemptionOf(request, code, signal)
  return typeof redemption === 'string' ? { status: 400, body: redemption } : answerOf(await desk.redeem(redemption))
}

/** The body, as long as it can be a code; what is beyond is not read. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > MAX_CODE_BYTES) return undefined
      chunks.push(chunk)
    }
  } catch {
    return undefined
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** The redemption, or what is wrong with the request: something a holder of any token could know. */
function redemptionOf(request: IncomingMessage, code: string, signal: AbortSignal): Redemption | string {
  const name = headerOf(request, 'name') ?? ''
  const subject = headerOf(request, 'subject') ?? name
  const encoded = headerOf(request, 'certificate-request')
  const fault = headerFault(name, subject, encoded)
  if (fault !== undefined) return fault
  return {
    from: remoteNetwork(request.socket.remoteAddress),
    // A path that cannot be a grant's goes the way of an unknown grant.
    grantId: GRANT_PATH.exec(request.url ?? '')?.[1] ?? '',
    code,
    name,
    subject,
    certificateRequest: encoded === undefined ? undefined : Buffer.from(encoded, 'base64'),
    signal,
  }
}

function headerFault(name: string, subject: string, encoded: string | undefined): string | undefined {
  if (!OBJECT_NAME.test(name)) return 'The header "name" must be the name of an object.\n'
  if (!SUBJECT.test(subject)) return 'The header "subject" must have 1 to 253 printable characters.\n'
  if (encoded !== undefined && !BASE64.test(encoded)) return 'The header "certificate-request" must be base64.\n'
  return undefined
}

function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value[0] : value
}

function answerOf(result: RedemptionResult): Answer {
  switch (result.kind) {
    case 'redeemed':
      return { status: 200, body: result.yaml, type: 'application/yaml' }
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
