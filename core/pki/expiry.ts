import type { GivenCredentials } from '../model/credentials.ts'
import { lifetimeOf } from './certificate.ts'
import { readChain } from './chain.ts'
import type { Lifetime } from './renewal.ts'

/** When a certificate and those that are trusted beside it are valid, the one that signs now first. */
export interface CredentialLives {
  readonly certificate: Lifetime
  readonly authorities: readonly Lifetime[]
}

/** The lives of what credentials hold; undefined where they cannot be read. */
export function livesOf({ certificate = '', ca }: GivenCredentials): CredentialLives | undefined {
  try {
    const [own] = readChain(certificate)
    if (own === undefined) return undefined
    return { certificate: lifetimeOf(own), authorities: readChain(ca).map(lifetimeOf) }
  } catch {
    return undefined
  }
}

/** A time for people and programs: RFC 3339. */
export function endOf({ notAfter }: Lifetime): string {
  return new Date(notAfter).toISOString()
}
