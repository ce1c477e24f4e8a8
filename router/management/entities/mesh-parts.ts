import type { SaslMechanism } from '../../amqp/connection.ts'
import type { ConnectionView } from '../../mesh/router-connection.ts'
import type { TelemetrySource } from '../../telemetry/source.ts'
import type { SslProfiles } from '../../tls/ssl-profiles.ts'
import { mutualTls } from '../../tls/tls-files.ts'
import type { MutualTls } from '../../tls/tls-files.ts'
import type { Reports } from './reports.ts'
import { refuseOther } from './unsupported.ts'

/** What AMQP listeners and connectors are made with. */
export interface MeshParts<Mesh> {
  readonly mesh: Mesh & { connections(): readonly ConnectionView[] }
  readonly profiles: SslProfiles
  readonly telemetry: TelemetrySource
  readonly reports: Reports
  readonly log: { info(facts: object, message: string): void }
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** What an entity named after `user` takes of its sslProfile. `follow` says who gets renewed certificates. */
export interface TlsUse {
  readonly tls: MutualTls | undefined
  follow(user: { setTls(tls: MutualTls): void }): void
  release(): void
}

/** Takes the sslProfile of an AMQP listener or connector into use. Throws `config/unknown-profile`. */
export function useTls(profiles: SslProfiles, profile: string | undefined, user: string): TlsUse {
  if (profile === undefined) return { tls: undefined, follow: () => undefined, release: () => undefined }
  let follower: { setTls(tls: MutualTls): void } | undefined
  const use = profiles.use(profile, user, (replaced) => follower?.setTls(mutualTls(replaced, profile)))
  return {
    tls: mutualTls(use.tls, profile),
    follow: (user) => {
      follower = user
    },
    release: () => {
      use.release()
    },
  }
}

const MECHANISMS: readonly SaslMechanism[] = ['EXTERNAL', 'ANONYMOUS']

/** The mechanisms that an attribute lists, by spaces or commas. Throws `config/not-supported`. */
export function saslMechanisms(entity: string, listed: string | undefined): readonly SaslMechanism[] | undefined {
  if (listed === undefined) return undefined
  const words = listed.split(/[\s,]+/).filter((word) => word !== '')
  for (const word of words) refuseOther(entity, { saslMechanisms: word }, MECHANISMS)
  return MECHANISMS.filter((mechanism) => words.includes(mechanism))
}
