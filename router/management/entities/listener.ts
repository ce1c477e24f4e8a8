import { SkupperError } from '../../../core/model/error.ts'
import type { AttributesOf } from '../../config/entities.ts'
import { HttpListener } from '../../http/http-listener.ts'
import type { HttpPages } from '../../http/http-listener.ts'
import type { ListenerOptions } from '../../mesh/connection/listener.ts'
import type { MutualTls } from '../../tls/tls-files.ts'
import { configuredType } from '../configured-type.ts'
import type { Running } from '../configured-type.ts'
import type { EntityType } from '../entity-type.ts'
import { startWithProfile } from './profile-start.ts'
import { refuseFixed, roleIn, saslMechanisms, useTls } from './mesh-parts.ts'
import type { MeshParts } from './mesh-parts.ts'

/** What makes AMQP listeners. */
export interface ListenerMesh {
  addListener(options: ListenerOptions): Promise<{ readonly port: number; setTls(tls: MutualTls): void }>
  removeListener(name: string): boolean
}

export interface ListenerParts extends MeshParts<ListenerMesh> {
  readonly healthz: HttpPages
  readonly metrics: HttpPages
}

type ListenerAttributes = AttributesOf<'listener'>

/** Ports for other routers, for local clients, and, with `http`, for probes and scrapers. */
export function listenerType(parts: ListenerParts): EntityType {
  return configuredType({
    type: 'listener',
    start: (attributes) => {
      refuseFixed(`listener ${attributes.name}`, attributes)
      const start = () => (attributes.http ? startHttp(attributes, parts) : startAmqp(attributes, parts))
      return startWithProfile({ ...parts, owner: { type: 'listener', ...attributes }, start })
    },
  })
}

async function startAmqp(attributes: ListenerAttributes, parts: ListenerParts): Promise<Running<'listener'>> {
  const { name, host } = attributes
  const options = amqpOptions(attributes, parts)
  const use = useTls(parts, { type: 'listener', ...attributes })
  const access = openAccess(attributes, parts)
  try {
    const listener = await parts.mesh.addListener({ ...options, tls: use.tls, accessId: access?.id })
    use.follow(listener)
    parts.log.info({ listener: name, host, port: listener.port }, 'listening')
  } catch (error) {
    access?.end()
    use.release()
    throw error
  }
  return {
    close: () => {
      parts.mesh.removeListener(name)
      access?.end()
      use.release()
    },
  }
}

/** A bad attribute is found before anything is in use. */
function amqpOptions(attributes: ListenerAttributes, { mode }: ListenerParts): ListenerOptions {
  const { name, role, host, port, cost, maxFrameSize, idleTimeoutSeconds, authenticatePeer } = attributes
  const entity = `listener ${name}`
  if (attributes.requireSsl && attributes.sslProfile === undefined) {
    throw new SkupperError('config/invalid-attribute', `${entity}: requireSsl is true; wanted with it an sslProfile`)
  }
  return {
    ...{ name, host, cost, maxFrameSize, authenticatePeer },
    role: roleIn(role, { entity, mode, supported: mode === 'edge' ? CLIENTS : ANYBODY }),
    port: Number(port),
    idleTimeoutMs: idleTimeoutSeconds * 1000,
    saslMechanisms: saslMechanisms(entity, attributes.saslMechanisms),
  }
}

const CLIENTS = ['normal'] as const
const ANYBODY = ['normal', 'inter-router', 'edge'] as const

/** The telemetry record of a port that other routers dial; their links refer to it. */
function openAccess({ name, role }: ListenerAttributes, parts: ListenerParts): { id: string; end(): void } | undefined {
  if (role === 'normal') return undefined
  const { telemetry, reports } = parts
  const record = telemetry.open('ROUTER_ACCESS', { name, role, linkCount: 0 })
  const stopReporting = reports.add((connections) => {
    const links = connections.filter((connection) => connection.dir === 'in' && connection.name === name)
    record.set({ linkCount: links.filter((connection) => connection.role === role).length })
  })
  return {
    id: record.id,
    end: () => {
      stopReporting()
      record.end()
    },
  }
}

async function startHttp(attributes: ListenerAttributes, parts: ListenerParts): Promise<Running<'listener'>> {
  const { name, host, port } = attributes
  const use = useTls(parts, { type: 'listener', ...attributes })
  const pages = new Map([...(attributes.healthz ? parts.healthz : []), ...(attributes.metrics ? parts.metrics : [])])
  try {
    const listener = await HttpListener.open({ name, host, port: Number(port), tls: use.tls, pages })
    use.follow(listener)
    parts.log.info({ listener: name, host, port: listener.port }, 'listening')
    return {
      close: () => {
        listener.close()
        use.release()
      },
    }
  } catch (error) {
    use.release()
    throw error
  }
}
