/** What a `SkupperError` carries beside its message. `given` is the value that was wrong, `wanted` what is allowed. */
export interface ErrorFacts {
  given?: unknown
  wanted?: string
  cause?: unknown
}

/**
 * The one error type of all programs. `code` is stable (`area/what`, e.g. `token/expired`) and is what callers and
 * tests compare; the message is for people and stands alone: it quotes the value that was given.
 */
export class SkupperError extends Error {
  override readonly name = 'SkupperError'
  readonly code: string
  readonly given: unknown
  readonly wanted: string | undefined

  constructor(code: string, message: string, facts: ErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.code = code
    this.given = facts.given
    this.wanted = facts.wanted
  }
}

/** The message of anything that was thrown; the text of a value that is not an Error. */
export function messageOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown)
  // What OpenSSL throws says it in `reason`; its message has numbers and names of its source files around that.
  const isOpenSsl = 'library' in thrown && 'reason' in thrown && typeof thrown.reason === 'string'
  return isOpenSsl ? String(thrown.reason) : thrown.message
}
