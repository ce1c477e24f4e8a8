import type { AccessToken } from '../../core/model/access-token.ts'
import { messageOf, SkupperError } from '../../core/model/error.ts'
import type { Log } from '../log.ts'
import type { Redeemed } from '../redemption/read-answer.ts'
import type { RedeemOptions } from '../redemption/redeem-token.ts'

/** After a redemption that failed in a way that may pass, the token is tried anew. */
const TRY_AGAIN_MS = 60_000
/** What trying again does not change, until the token is another one. */
const FINAL = ['redemption/refused', 'redemption/untrusted', 'redemption/bad-answer', 'redemption/bad-token']

/** How far the redemption of a token is. */
export type Progress =
  | { readonly kind: 'done'; readonly redeemed: Redeemed }
  | { readonly kind: 'trying'; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string }

export interface RedemptionsOptions {
  /** Redeems one token: tries for some minutes, then throws. */
  readonly redeem: (
    token: AccessToken,
    options: Required<Pick<RedeemOptions, 'signal' | 'onRetry'>>,
  ) => Promise<Redeemed>
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number
  readonly log: Log
  /** A redemption has got further. */
  readonly onChange: () => void
}

interface Running {
  readonly stop: AbortController
  progress: Progress
  readonly pauseMs: number | undefined
  /** Set once it has ended in a way that may be another the next time. */
  tryAgainAt: number
  ended: Promise<void>
}

interface Beginning {
  readonly before: Progress | undefined
  readonly pauseMs: number | undefined
}

const BEGUN: Progress = { kind: 'trying', message: 'The token is being redeemed' }

/** True until the first attempt has an end. */
export function isBegun(progress: Progress): boolean {
  return progress === BEGUN
}

/** Redeems tokens in the background, each on its own. A token is known by its uid. */
export class Redemptions {
  readonly #options: RedemptionsOptions
  readonly #running = new Map<string, Running>()

  constructor(options: RedemptionsOptions) {
    this.#options = options
  }

  /**
   * How far a token is; begins with one that is new, or that is due again: `pauseMs` after it failed in a way that may
   * pass, and where `pauseMs` is given also after it was redeemed.
   */
  progress(token: AccessToken, pauseMs?: number): Progress {
    const known = this.#running.get(uidOf(token))
    if (known !== undefined && known.tryAgainAt > this.#options.now()) return known.progress
    return this.#begin(token, { before: known?.progress, pauseMs }).progress
  }

  /** Gives up, or forgets, the redemptions of all tokens but these. */
  keepOnly(tokens: readonly AccessToken[]): void {
    const uids = new Set(tokens.map(uidOf))
    for (const [uid, { stop }] of this.#running) {
      if (uids.has(uid)) continue
      stop.abort()
      this.#running.delete(uid)
    }
  }

  /** Gives up all. May be called twice. */
  async close(): Promise<void> {
    const all = [...this.#running.values()]
    this.keepOnly([])
    await Promise.all(all.map(({ ended }) => ended))
  }

  #begin(token: AccessToken, { before, pauseMs }: Beginning): Running {
    const running: Running = {
      stop: new AbortController(),
      progress: before ?? BEGUN,
      pauseMs,
      tryAgainAt: Infinity,
      ended: Promise.resolve(),
    }
    this.#running.set(uidOf(token), running)
    running.ended = this.#run(token, running)
    return running
  }

  async #run(token: AccessToken, running: Running): Promise<void> {
    const { redeem, log, now, onChange } = this.#options
    const link = token.metadata.name
    const { signal } = running.stop
    try {
      const redeemed = await redeem(token, {
        signal,
        onRetry: ({ message }, waitMs) => {
          log.info({ link, reason: message, waitMs: Math.round(waitMs) }, 'token not redeemed yet')
          running.progress = { kind: 'trying', message }
          onChange()
        },
      })
      running.progress = { kind: 'done', redeemed }
      if (running.pauseMs !== undefined) running.tryAgainAt = now() + running.pauseMs
    } catch (error) {
      if (signal.aborted) return
      const isFinal = error instanceof SkupperError && FINAL.includes(error.code)
      running.progress = { kind: isFinal ? 'failed' : 'trying', message: messageOf(error) }
      if (!isFinal) running.tryAgainAt = now() + (running.pauseMs ?? TRY_AGAIN_MS)
      log.warn({ link, reason: messageOf(error) }, 'token not redeemed')
    }
    onChange()
  }
}

function uidOf({ metadata }: AccessToken): string {
  return metadata.uid ?? metadata.name
}
