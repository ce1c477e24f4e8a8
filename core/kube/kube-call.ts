import { SkupperError } from '../model/error.ts'
import { refusalError, type CallSubject } from './errors.ts'
import { connectionCode, type KubeAnswer, type KubeRequest, type KubeTransport } from './kube-transport.ts'
import { RetryLater, withRetries } from './retry.ts'

/** How long a call with all its tries may take, where the caller does not say. */
export const DEADLINE_MS = 30_000
/** How long one try may take: as long as the API server itself waits for a slow webhook. */
const TRY_MS = 15_000
const TLS_FAULT = /CERT|SSL|TLS|ALTNAME|SELF_SIGNED|ISSUER/

export interface KubeCall extends CallSubject {
  readonly method: KubeRequest['method']
  readonly path: string
  readonly body?: unknown
  readonly contentType?: string
  /**
   * What happens if the call is done twice: `same` ends the same, `conflict` too save that somebody else's write in
   * between is a conflict, and `once` may not be done again unless it is sure that it was not done.
   */
  readonly repeated: 'same' | 'conflict' | 'once'
  readonly deadlineMs?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** The answer is text and no JSON. */
  readonly isText?: boolean
}

/** Makes a call, again where that is safe and may help, and gives its answer. Throws `kube/…` as in errors.ts. */
export async function callKube(
  transport: KubeTransport,
  call: KubeCall,
  random: () => number = Math.random,
): Promise<unknown> {
  const deadline = performance.now() + (call.deadlineMs ?? DEADLINE_MS)
  const body = call.body === undefined ? undefined : JSON.stringify(call.body)
  const attempt = async (): Promise<unknown> => {
    const left = Math.ceil(Math.max(1, Math.min(TRY_MS, deadline - performance.now())))
    const signals = [AbortSignal.timeout(left), ...(call.signal === undefined ? [] : [call.signal])]
    const { method, path, contentType } = call
    const answer = await transport.send({ method, path, body, contentType, signal: AbortSignal.any(signals) })
    return accepted(answer, call)
  }
  const isWorthIt = (error: unknown): boolean =>
    call.signal?.aborted !== true && error instanceof SkupperError && mayHelp(error, call)
  return withRetries(attempt, { deadline, isWorthIt, random, signal: call.signal })
}

function accepted(answer: KubeAnswer, call: KubeCall): unknown {
  if (answer.status >= 200 && answer.status < 300) return call.isText === true ? answer.body : parsed(answer, call)
  const error = refusalError(answer, call)
  throw answer.retryAfterMs === undefined ? error : new RetryLater(error, answer.retryAfterMs)
}

function parsed({ status, body }: KubeAnswer, call: KubeCall): unknown {
  try {
    return JSON.parse(body)
  } catch {
    // Somebody else answers in the API server's place: a login page, a proxy.
    throw refusalError({ status, body: `the answer is not JSON: ${body.slice(0, 80)}` }, call)
  }
}

function mayHelp(error: SkupperError, { repeated }: KubeCall): boolean {
  switch (error.code) {
    case 'kube/unreachable':
      return isWorthDialling(error, repeated)
    case 'kube/timeout':
      return repeated === 'same'
    case 'kube/unavailable':
      // 429 and 503 say that nothing was done.
      return error.given === 429 || error.given === 503 || repeated !== 'once'
    case 'kube/conflict':
      return repeated === 'same'
    default:
      return false
  }
}

function isWorthDialling(error: SkupperError, repeated: KubeCall['repeated']): boolean {
  const code = connectionCode(error) ?? ''
  if (TLS_FAULT.test(code) || code === 'ENOTFOUND') return false
  return repeated === 'same' || code === 'ECONNREFUSED'
}
