import { SkupperError } from '../../core/model/error.ts'

/** The AMQP conditions we send (AMQP 1.0, part 2.8.15 to 2.8.18) by the tail of our error codes. */
const CONDITIONS: Readonly<Record<string, string>> = {
  'decode-error': 'amqp:decode-error',
  'decode-truncated': 'amqp:decode-error',
  'internal-error': 'amqp:internal-error',
  'invalid-field': 'amqp:invalid-field',
  'not-allowed': 'amqp:not-allowed',
  'not-implemented': 'amqp:not-implemented',
  'resource-limit-exceeded': 'amqp:resource-limit-exceeded',
  'framing-error': 'amqp:connection:framing-error',
  'connection-forced': 'amqp:connection:forced',
  'errant-link': 'amqp:session:errant-link',
  'handle-in-use': 'amqp:session:handle-in-use',
  'unattached-handle': 'amqp:session:unattached-handle',
  'window-violation': 'amqp:session:window-violation',
  'transfer-limit-exceeded': 'amqp:link:transfer-limit-exceeded',
}

/** Why a link, session or connection is ended: an AMQP condition such as `amqp:not-found`. */
export interface Cause {
  readonly condition: string
  readonly description?: string | undefined
}

export type Violation =
  | 'decode-error'
  | 'internal-error'
  | 'invalid-field'
  | 'not-allowed'
  | 'not-implemented'
  | 'resource-limit-exceeded'
  | 'framing-error'
  | 'connection-forced'
  | 'errant-link'
  | 'handle-in-use'
  | 'unattached-handle'
  | 'window-violation'
  | 'transfer-limit-exceeded'

/** What the peer did wrong: an error with the code `amqp/<violation>`, which `conditionOf` turns into AMQP's word. */
export function violation(what: Violation, message: string, given?: unknown): SkupperError {
  return new SkupperError(`amqp/${what}`, message, { given })
}

/** The AMQP condition that tells a peer of `error`. */
export function conditionOf(error: SkupperError): string {
  return CONDITIONS[error.code.replace('amqp/', '')] ?? 'amqp:internal-error'
}

/** The error a peer sent: code `amqp/peer-error`, `given` is its AMQP condition. */
export function peerError(condition: string, description: string | undefined): SkupperError {
  const text = description === undefined ? '' : `: ${description}`
  return new SkupperError('amqp/peer-error', `the peer says ${condition}${text}`, { given: condition })
}
