import { SkupperError } from '../../core/model/error.ts'
import type { TlsMaterial } from './tls-files.ts'

/** Somebody who works with a profile: told when its certificates are replaced. */
export interface ProfileUse {
  readonly tls: TlsMaterial
  release(): void
}

interface Profile {
  tls: TlsMaterial
  readonly users: Map<symbol, { readonly name: string; readonly onReplaced: (tls: TlsMaterial) => void }>
}

/** The sslProfiles of a router, and who uses them. */
export class SslProfiles {
  readonly #profiles = new Map<string, Profile>()

  /** Adds a profile or replaces its certificates: connections made from then on use the new ones. */
  put(name: string, tls: TlsMaterial): void {
    const known = this.#profiles.get(name)
    if (known === undefined) {
      this.#profiles.set(name, { tls, users: new Map() })
      return
    }
    known.tls = tls
    for (const { onReplaced } of known.users.values()) onReplaced(tls)
  }

  /** Throws `config/in-use` while a listener or connector works with the profile. */
  delete(name: string): void {
    const [user] = this.#profiles.get(name)?.users.values() ?? []
    if (user !== undefined) throw new SkupperError('config/in-use', `sslProfile ${name} is in use by ${user.name}`)
    this.#profiles.delete(name)
  }

  /** Takes a profile into use for `user`. Throws `config/unknown-profile`. */
  use(name: string, user: string, onReplaced: (tls: TlsMaterial) => void): ProfileUse {
    const profile = this.#profiles.get(name)
    if (profile === undefined) {
      throw new SkupperError('config/unknown-profile', `${user}: there is no sslProfile "${name}"`, { given: name })
    }
    const key = Symbol(user)
    profile.users.set(key, { name: user, onReplaced })
    return { tls: profile.tls, release: () => void profile.users.delete(key) }
  }
}
