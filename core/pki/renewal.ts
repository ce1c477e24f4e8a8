/** When a certificate is valid: milliseconds since the epoch. */
export interface Lifetime {
  readonly notBefore: number
  readonly notAfter: number
}

export const YEAR_MS = 365 * 24 * 3_600_000

/** Certificates begin this much before they are made, so that a peer whose clock is behind accepts them. */
const CLOCK_SKEW_MS = 10 * 60_000
/** The most of a short life that lies before its making: a certificate must not be due for renewal at once. */
const CLOCK_SKEW_SHARE = 1 / 10

/** The part of a certificate's life after which it is renewed. */
export const DEFAULT_RENEWAL_FRACTION = 2 / 3

/**
 * The time (milliseconds since the epoch) from which a certificate should be replaced: after `fraction` of its life.
 * Early enough that a site which is off for months still wakes up with something valid.
 */
export function renewAt(lifetime: Lifetime, fraction: number = DEFAULT_RENEWAL_FRACTION): number {
  return lifetime.notBefore + Math.floor((lifetime.notAfter - lifetime.notBefore) * fraction)
}

/** The lifetime of a certificate that is made `now` (milliseconds since the epoch) to last for `lifeMs`. */
export function lifetimeFrom(now: number, lifeMs: number): Lifetime {
  return { notBefore: now - Math.min(CLOCK_SKEW_MS, lifeMs * CLOCK_SKEW_SHARE), notAfter: now + lifeMs }
}
