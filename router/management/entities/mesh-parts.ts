import { SkupperError } from '../../../core/model/error.ts'
import type { SaslMechanism } from '../../amqp/connection.ts'
import { LINK_CREDIT } from '../../mesh/connection/capabilities.ts'
import type { ConnectionView } from '../../mesh/connection/router-connection.ts'
import type { TelemetrySource } from '../../telemetry/source.ts'
import type { SslProfiles } from '../../tls/ssl-profiles.ts'
import { mutualTls } from '../../tls/tls-files.ts'
import type { MutualTls } from '../../tls/tls-files.ts'
import type { Reports } from './reports.ts'
import { refuseOther, refuseSet } from './unsupported.ts'

/** What the mesh says and does about connections. */
export interface MeshConnections {
  connections(): readonly ConnectionView[]
  closeConnection(id: number): boolean
}

/** What AMQP listeners and connectors are made with. */
export interface MeshParts<Mesh> {
  /** What this router is. */
  readonly mode: 'interior' | 'edge'
  readonly mesh: Mesh & MeshConnections
  readonly profiles: SslProfiles
  readonly telemetry: TelemetrySource
  readonly reports: Reports
  readonly log: { info(facts: object, message: string): void; warn(facts: object, message: string): void }
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** Whose certificates are meant. */
export interface TlsOwner {
  readonly type: 'listener' | 'connector' | 'tcpListener' | 'tcpConnector'
  readonly name: string
  readonly sslProfile?: string | undefined
}

/** What a listener or connector takes of its sslProfile. */
export interface TlsUse {
  readonly tls: MutualTls | undefined
  /** Says who gets the certificates that replace these. */
  follow(user: { setTls(tls: MutualTls): void }): void
  release(): void
}

/** Takes the sslProfile of an AMQP listener or connector into use. Throws `config/unknown-profile`. */
export function useTls({ profiles, mesh }: MeshParts<unknown>, { type, name, sslProfile }: TlsOwner): TlsUse {
  if (sslProfile === undefined) return { tls: undefined, follow: () => undefined, release: () => undefined }
  let follower: { setTls(tls: MutualTls): void } | undefined
  const use = profiles.use(sslProfile, {
    name: `${type} ${name}`,
    replace: (replacing) => {
      const tls = mutualTls(replacing, sslProfile)
      return () => follower?.setTls(tls)
    },
    expire: (beforeMs) => {
      const dir = type === 'listener' ? 'in' : 'out'
      for (const connection of mesh.connections()) {
        const isOwn = connection.dir === dir && connection.name === name
        if (isOwn && connection.openedAt < beforeMs) mesh.closeConnection(connection.id)
      }
    },
  })
  try {
    return {
      tls: mutualTls(use.tls, sslProfile),
      follow: (user) => {
        follower = user
      },
      release: () => {
        use.release()
      },
    }
  } catch (error) {
    use.release()
    throw error
  }
}

/** What AMQP listeners and connectors have in common that this router does not let itself be told. */
interface FixedAttributes {
  readonly maxSessions: number
  readonly maxSessionFrames?: number | undefined
  readonly linkCapacity: number
  readonly stripAnnotations: string
}

/** Throws `config/not-supported` where a listener or connector wants what cannot be chosen. */
export function refuseFixed(entity: string, attributes: FixedAttributes): void {
  const { maxSessions, maxSessionFrames, linkCapacity, stripAnnotations } = attributes
  refuseSet(entity, { maxSessionFrames }, ['maxSessionFrames'])
  refuseOther(entity, { maxSessions: String(maxSessions) }, ['32768'])
  refuseOther(entity, { linkCapacity: String(linkCapacity) }, [String(LINK_CREDIT)])
  refuseOther(entity, { stripAnnotations }, ['both'])
}

/** The role of a listener or connector, if a router of this mode has it. Throws `config/not-supported`. */
export function roleIn<R extends string>(role: string, { entity, mode, supported }: RoleChoice<R>): R {
  const found = supported.find((each) => each === role)
  if (found !== undefined) return found
  const wanted = supported.join(' or ')
  const message = `${entity}: role is ${role}; a router in ${mode} mode supports ${wanted}`
  throw new SkupperError('config/not-supported', message, { given: role, wanted })
}

interface RoleChoice<R> {
  /** For the message, such as `listener links`. */
  readonly entity: string
  readonly mode: 'interior' | 'edge'
  readonly supported: readonly R[]
}

const MECHANISMS: readonly SaslMechanism[] = ['EXTERNAL', 'ANONYMOUS']

/** The mechanisms that an attribute lists, by spaces or commas. Throws `config/not-supported`. */
export function saslMechanisms(entity: string, listed: string | undefined): readonly SaslMechanism[] | undefined {
  if (listed === undefined) return undefined
  const words = listed.split(/[\s,]+/).filter((word) => word !== '')
  for (const word of words) refuseOther(entity, { saslMechanisms: word }, MECHANISMS)
  return MECHANISMS.filter((mechanism) => words.includes(mechanism))
}
