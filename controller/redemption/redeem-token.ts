import { setTimeout as delay } from 'node:timers/promises'
import type { AccessToken } from '../../core/model/access-token.ts'
import type { Credentials } from '../../core/model/credentials.ts'
import { messageOf, SkupperError } from '../../core/model/error.ts'
import { readChain } from '../../core/pki/chain.ts'
import { makeCertificateRequest } from '../../core/pki/certificate-request.ts'
import { MAX_COMMON_NAME } from '../../core/pki/signed-asn1.ts'
import type { IdentityKey } from './identity-key.ts'
import { post } from './post.ts'
import type { PostAnswer } from './post.ts'
import { readAnswer } from './read-answer.ts'
import type { Redeemed } from './read-answer.ts'
import { postRenewal } from './renew-certificate.ts'

/** How often and how long a token is tried. Times in milliseconds. */
export interface RedemptionTimes {
  readonly attempts: number
  /** Wait after the first failure; it doubles from then on. */
  readonly firstWait: number
  /** The longest wait, also where the server asks for more. */
  readonly longestWait: number
  /** For one attempt. */
  readonly deadline: number
}

/** A site that restarts is back within these: about two minutes. */
const REDEMPTION_TIMES: RedemptionTimes = {
  attempts: 8,
  firstWait: 1_000,
  longestWait: 30_000,
  deadline: 10_000,
}

/** The share of a wait that chance decides, so that sites which failed together do not come back together. */
const JITTER = 0.5
const OK = 200
const SERVER_ERROR = 500
/** Request timeout and too many requests. */
const BUSY: readonly number[] = [408, 429]
/** Characters of a server's words that are repeated to the user. */
const MAX_QUOTE = 200
/** Codes after which another attempt makes sense. */
const TRANSIENT: readonly string[] = ['redemption/unreachable', 'redemption/busy']

export interface RedeemOptions {
  /** Our site's id, told to the issuing site. */
  readonly siteId: string
  /** The name that it calls itself by. */
  readonly siteName: string
  readonly identity: IdentityKey
  /** Answers 0 up to 1. */
  readonly random: () => number
  readonly signal: AbortSignal
  readonly times?: RedemptionTimes
  /** What a redemption of this token gave before, if that is still valid. */
  readonly current?: Required<Credentials> | undefined
  /** Told of each failure that another attempt follows. */
  readonly onRetry?: (error: SkupperError, waitMs: number) => void
}

/**
 * Redeems a token: asks the issuing site for a certificate for our identity key (skupper-v2 sheet, section 4, and the
 * header `certificate-request`). With `current` the certificate is renewed by the one there is, and the token counts
 * only where the site does not do that. What may pass is tried again; what does not is thrown at once: `redemption/refused`,
 * `redemption/untrusted`, `redemption/bad-answer`, `redemption/bad-token`. After the last attempt, or when `signal`
 * aborts, the last failure is thrown.
 */
export async function redeemToken(token: AccessToken, options: RedeemOptions): Promise<Redeemed> {
  const { times = REDEMPTION_TIMES, signal, random, onRetry } = options
  requireUsable(token)
  for (let count = 1; ; count += 1) {
    const attempt = await tryOnce(token, options)
    if ('redeemed' in attempt) return attempt.redeemed
    const { failure, askedMs } = attempt
    if (!TRANSIENT.includes(failure.code) || count >= times.attempts || signal.aborted) throw failure
    const full = Math.min(times.longestWait, Math.max(askedMs, times.firstWait * 2 ** (count - 1)))
    const waitMs = full * (1 - JITTER * random())
    onRetry?.(failure, waitMs)
    await delay(waitMs, undefined, { signal }).catch(() => {
      throw failure
    })
  }
}

/** `askedMs`: how long the server asks to wait. */
type Attempt = { readonly redeemed: Redeemed } | { readonly failure: SkupperError; readonly askedMs: number }

async function tryOnce(token: AccessToken, options: RedeemOptions): Promise<Attempt> {
  const { name } = token.metadata
  const { linkCost } = token.spec
  const identityKey = await options.identity.get()
  const request = await makeCertificateRequest(identityKey, options.siteId.slice(0, MAX_COMMON_NAME))
  try {
    const answer = (await renewed(token, request, options)) ?? (await postCode(token, request, options))
    if (answer.status !== OK) return { failure: refusal(answer), askedMs: answer.retryAfterMs ?? 0 }
    return { redeemed: readAnswer(answer.body, { name, linkCost, identityKey }) }
  } catch (error) {
    if (error instanceof SkupperError) return { failure: error, askedMs: 0 }
    throw error
  }
}

/** Undefined where the site wants the token instead: it is not one of ours, or knows this certificate no more. */
async function renewed(token: AccessToken, request: Buffer, options: RedeemOptions): Promise<PostAnswer | undefined> {
  const { current, signal, times = REDEMPTION_TIMES } = options
  if (current === undefined) return undefined
  const answer = await postRenewal(token, request, { current, deadlineMs: times.deadline, signal })
  return answer.status === OK || isBusy(answer) ? answer : undefined
}

function postCode({ metadata, spec }: AccessToken, request: Buffer, options: RedeemOptions): Promise<PostAnswer> {
  const { siteId, siteName, signal, times = REDEMPTION_TIMES } = options
  const { url, ca, code } = spec
  const names = { name: metadata.name, subject: siteId, 'site-name': siteName }
  const headers = { ...names, 'certificate-request': request.toString('base64') }
  return post({ url, ca, body: code, headers, deadlineMs: times.deadline, signal })
}

/** A token that cannot work is not sent anywhere. */
function requireUsable({ metadata, spec }: AccessToken): void {
  try {
    readChain(spec.ca)
    if (new URL(spec.url).protocol !== 'https:') throw new Error(`${spec.url} is not an https URL`)
  } catch (cause) {
    const message = `Token ${metadata.name} is not usable: ${messageOf(cause)}`
    throw new SkupperError('redemption/bad-token', message, { cause })
  }
}

function isBusy({ status }: PostAnswer): boolean {
  return BUSY.includes(status) || status >= SERVER_ERROR
}

function refusal(answer: PostAnswer): SkupperError {
  const { status, body } = answer
  const said = body
    .replace(/[^\x20-\x7e]+/g, ' ')
    .trim()
    .slice(0, MAX_QUOTE)
    .replace(/[.:]$/, '')
  const facts = { given: status }
  if (isBusy(answer)) {
    return new SkupperError(
      'redemption/busy',
      `The issuing site cannot redeem the token now (${String(status)}: ${said}).`,
      facts,
    )
  }
  return new SkupperError(
    'redemption/refused',
    `The issuing site refused the token (${String(status)}: ${said}). Create a new one there.`,
    facts,
  )
}
