import { setTimeout as delay } from 'node:timers/promises'
import type { AccessToken } from '../../core/model/access-token.ts'
import type { Credentials } from '../../core/model/credentials.ts'
import { messageOf } from '../../core/model/error.ts'
import type { Log } from '../log.ts'
import { postConfirmation } from './renew-certificate.ts'

const ATTEMPTS = 5
/** Before the second attempt; it doubles from then on. */
const FIRST_WAIT_MS = 2_000
const DEADLINE_MS = 10_000
const JITTER = 0.5
const NOTED = 204

export interface ConfirmationOptions {
  readonly current: Required<Credentials>
  readonly signal: AbortSignal
  /** Answers 0 up to 1. */
  readonly random: () => number
  readonly log: Log
}

/**
 * Tells the site that a token came from that the renewed certificate is in use. It lets that site part with an old CA
 * sooner and nothing else, so that it gives up after some attempts and never throws.
 */
export async function confirmRenewal(token: AccessToken, options: ConfirmationOptions): Promise<void> {
  const { current, signal, random, log } = options
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    try {
      const { status } = await postConfirmation(token, { current, deadlineMs: DEADLINE_MS, signal })
      if (status === NOTED) return
      log.debug({ link: token.metadata.name, status }, 'a renewal was not confirmed')
    } catch (error) {
      if (signal.aborted) return
      log.debug({ link: token.metadata.name, reason: messageOf(error) }, 'a renewal was not confirmed')
    }
    const waitMs = FIRST_WAIT_MS * 2 ** (attempt - 1) * (1 - JITTER * random())
    await delay(waitMs, undefined, { signal }).catch(() => undefined)
  }
}
