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

interface Profile {
  tls: TlsMaterial
  /** When each ordinal came into use, oldest first. */
  readonly ordinals: { readonly ordinal: number; readonly sinceMs: number }[]
  readonly users: Set<ProfileUser>
}

/** The sslProfiles of a router, and who uses them. */
export class SslProfiles {
  readonly #profiles = new Map<string, Profile>()
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
  }

  /** Throws `config/in-use` while a listener or connector works with the profile. */
  delete(name: string): void {
    const [user] = this.#profiles.get(name)?.users ?? []
    if (user !== undefined) throw new SkupperError('config/in-use', `sslProfile ${name} is in use by ${user.name}`)
    this.#profiles.delete(name)
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
