import { SkupperError } from '../../core/model/error.ts'
import type { TlsMaterial } from './tls-files.ts'

/** Somebody who works with a profile's certificates. */
export interface ProfileUser {
  /** For messages, such as `listener links`. */
  readonly name: string
  /** Looks at certificates that are to replace the old: throws if they will not do, else answers how to take them over. */
  replace(tls: TlsMaterial): () => void
  /** Closes connections that were made before this time, with certificates that are no longer valid. */
  expire(beforeMs: number): void
}

/** A profile as its user has it. */
export interface ProfileUse {
  readonly tls: TlsMaterial
  release(): void
}

/** Whoever needs a profile that has nothing to work with yet. */
export interface ProfileWaiter {
  /** For messages, such as `listener links`. */
  readonly name: string
  /** The profile can be used from now on. */
  begin(): void
}

/** A profile without material, why, and who waits for it. */
interface Missing {
  readonly reason: SkupperError
  readonly waiters: Set<ProfileWaiter>
}

interface Profile {
  tls: TlsMaterial
  /** When each ordinal came into use, oldest first. */
  readonly ordinals: { readonly ordinal: number; readonly sinceMs: number }[]
  readonly users: Set<ProfileUser>
}

/** The sslProfiles of a router, and who uses them. */
export class SslProfiles {
  readonly #profiles = new Map<string, Profile>()
  readonly #missing = new Map<string, Missing>()
  readonly #now: () => number

  /** `now` gives milliseconds. */
  constructor(now: () => number) {
    this.#now = now
  }

  /**
   * Adds a profile or replaces its certificates for connections to come; if one of its users cannot work with them
   * nothing changes. Connections made with certificates of an ordinal below `oldestValid` are closed.
   */
  put(name: string, tls: TlsMaterial, oldestValid: number): void {
    const profile = this.#profiles.get(name) ?? { tls, ordinals: [], users: new Set() }
    const takeOver = [...profile.users].map((user) => user.replace(tls))
    this.#profiles.set(name, profile)
    profile.tls = tls
    if (profile.ordinals.at(-1)?.ordinal !== tls.ordinal) {
      profile.ordinals.push({ ordinal: tls.ordinal, sinceMs: this.#now() })
    }
    for (const take of takeOver) take()
    const oldest = profile.ordinals.find(({ ordinal }) => ordinal >= oldestValid)
    if (oldest !== undefined) for (const user of profile.users) user.expire(oldest.sinceMs)
    const { waiters = [] } = this.#missing.get(name) ?? {}
    this.#missing.delete(name)
    for (const waiter of waiters) waiter.begin()
  }

  /** Adds a profile that has nothing to work with until `put` brings it; `reason` says why. */
  putMissing(name: string, reason: SkupperError): void {
    this.#missing.set(name, { reason, waiters: new Set() })
  }

  /** Why a profile has nothing to work with; undefined where it has, or where there is none. */
  missing(name: string): SkupperError | undefined {
    return this.#missing.get(name)?.reason
  }

  /** Says who is to begin when a missing profile comes; call what it answers to wait no longer. */
  await(name: string, waiter: ProfileWaiter): () => void {
    const missing = this.#missing.get(name)
    missing?.waiters.add(waiter)
    return () => void missing?.waiters.delete(waiter)
  }

  /** What a profile works with; undefined where it is missing or there is none. */
  material(name: string): TlsMaterial | undefined {
    return this.#profiles.get(name)?.tls
  }

  /** Throws `config/in-use` while a listener or connector works with the profile or waits for it. */
  delete(name: string): void {
    const users = this.#profiles.get(name)?.users ?? this.#missing.get(name)?.waiters ?? []
    const [user] = users
    if (user !== undefined) throw new SkupperError('config/in-use', `sslProfile ${name} is in use by ${user.name}`)
    this.#profiles.delete(name)
    this.#missing.delete(name)
  }

  /** Takes a profile into use. Throws `config/unknown-profile`. */
  use(name: string, user: ProfileUser): ProfileUse {
    const profile = this.#profiles.get(name)
    if (profile === undefined) {
      throw new SkupperError('config/unknown-profile', `${user.name}: there is no sslProfile "${name}"`, {
        given: name,
      })
    }
    profile.users.add(user)
    return { tls: profile.tls, release: () => void profile.users.delete(user) }
  }
}
