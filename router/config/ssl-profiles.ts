import type { EntityConfig } from './entities.ts'
import type { CredentialFiles } from './router-facts.ts'

/**
 * The sslProfiles of a configuration, gathered while what uses them is rendered. Their names tell what is ours:
 * `skupper-…` for the site's own credentials, `<link>-profile`, `tls/<credentials>` and `ca/<credentials>`.
 */
export class SslProfiles {
  readonly #credentials: ReadonlyMap<string, CredentialFiles>
  readonly #used = new Map<string, EntityConfig>()
  readonly #revocation: Revocation

  constructor(credentials: ReadonlyMap<string, CredentialFiles>, revocation: Revocation = NONE_REVOKED) {
    this.#credentials = credentials
    this.#revocation = revocation
  }

  /** The profile of a listener, or of a connector that shows a certificate; undefined while credentials are missing. */
  server(credentials: string): string | undefined {
    return this.#withKey(credentials, credentials.startsWith('skupper-') ? credentials : `tls/${credentials}`)
  }

  /** The profile of a link. */
  link(link: string, credentials: string): string | undefined {
    return this.#withKey(credentials, `${link}-profile`)
  }

  /** A profile that only says whom to trust. */
  trust(credentials: string): string | undefined {
    const files = this.#credentials.get(credentials)
    if (files === undefined) return undefined
    return this.#use(`ca/${credentials}`, {
      caCertFile: files.ca,
      ...(files.inline === undefined ? {} : { caCert: files.inline.ca }),
      ...ordinals(files),
    })
  }

  /** Every profile that was asked for. */
  entities(): EntityConfig[] {
    return [...this.#used.values()]
  }

  #withKey(credentials: string, name: string): string | undefined {
    const files = this.#credentials.get(credentials)
    if (files?.certificate === undefined || files.key === undefined) return undefined
    return this.#use(name, {
      caCertFile: files.ca,
      certFile: files.certificate,
      privateKeyFile: files.key,
      ...inline(files),
      ...ordinals(files),
      ...this.#revoked(credentials),
    })
  }

  #revoked(credentials: string): Record<string, string> {
    const { keys, where } = this.#revocation
    return keys.length > 0 && where.has(credentials) ? { revokedKeys: keys.join() } : {}
  }

  #use(name: string, files: Readonly<Record<string, string | number>>): string {
    this.#used.set(name, ['sslProfile', { name, ...files }])
    return name
  }
}

/** Public keys (SHA-256, hex) that open nothing where peers are let in by these credentials. */
export interface Revocation {
  readonly keys: readonly string[]
  readonly where: ReadonlySet<string>
}

const NONE_REVOKED: Revocation = { keys: [], where: new Set() }

/** Whether a profile of this name is one that we make. */
export function isOurProfile(name: string): boolean {
  return /^skupper-|^tls\/|^ca\/|-profile$/.test(name)
}

function inline({ inline }: CredentialFiles): Record<string, string> {
  if (inline?.certificate === undefined || inline.key === undefined) return {}
  return { caCert: inline.ca, cert: inline.certificate, privateKey: inline.key }
}

function ordinals({ ordinal, oldestValidOrdinal }: CredentialFiles): Record<string, number> {
  return {
    ...(ordinal === undefined ? {} : { ordinal }),
    ...(oldestValidOrdinal === undefined ? {} : { oldestValidOrdinal }),
  }
}
