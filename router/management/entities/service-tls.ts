import type { SslProfiles } from '../../tls/ssl-profiles.ts'
import type { TlsMaterial } from '../../tls/tls-files.ts'
import type { TlsOwner } from './mesh-parts.ts'

/** What a TCP service takes of its sslProfile. */
export interface ServiceTls {
  readonly tls: TlsMaterial | undefined
  /** Says who gets the certificates that replace these. */
  follow(user: { setTls(tls: TlsMaterial): void }): void
  release(): void
}

/**
 * Takes the sslProfile of a TCP service into use. `check` throws where certificates will not do. Clients and targets of
 * a service know no ordinals: their connections stay when older certificates are no longer valid.
 */
export function useServiceTls(
  profiles: SslProfiles,
  { type, name, sslProfile }: TlsOwner,
  check: (tls: TlsMaterial) => void,
): ServiceTls {
  if (sslProfile === undefined) return { tls: undefined, follow: () => undefined, release: () => undefined }
  let follower: { setTls(tls: TlsMaterial): void } | undefined
  const use = profiles.use(sslProfile, {
    name: `${type} ${name}`,
    replace: (tls) => {
      check(tls)
      return () => follower?.setTls(tls)
    },
    expire: () => undefined,
  })
  try {
    check(use.tls)
  } catch (error) {
    use.release()
    throw error
  }
  return {
    tls: use.tls,
    follow: (user) => {
      follower = user
    },
    release: () => {
      use.release()
    },
  }
}
