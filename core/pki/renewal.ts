/** When a certificate is valid: milliseconds since the epoch. */
export interface Lifetime {
  readonly notBefore: number
  readonly notAfter: number
}

export const YEAR_MS = 365 * 24 * 3_600_000

/** Certificates begin this much before they are made, so that a peer whose clock is behind accepts them. */
export const CLOCK_SKEW_MS = 10 * 60_000

/** The part of a certificate's life after which it is renewed. */
export const DEFAULT_RENEWAL_FRACTION = 2 / 3

/**
 * The time (milliseconds since the epoch) from which a certificate should be replaced: after `fraction` of its life.
 * Early enough that a site which is off for months still wakes up with something valid.
 */
export function renewAt(lifetime: Lifetime, fraction: number = DEFAULT_RENEWAL_FRACTION): number {
  return lifetime.notBefore + Math.floor((lifetime.notAfter - lifetime.notBefore) * fraction)
}
