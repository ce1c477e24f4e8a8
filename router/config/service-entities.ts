import type { Connector } from '../../core/model/connector.ts'
import type { Listener } from '../../core/model/listener.ts'
import { listenerKey, type AnyListener } from '../../core/model/multi-key-listener.ts'
import { flagSetting } from '../../core/model/settings.ts'
import type { EntityConfig } from './entities.ts'
import { missing } from './link-entities.ts'
import { multiKeyEntities } from './multi-key-entities.ts'
import { note, pending, refused, together, type Rendered, type RenderContext } from './rendered.ts'
import type { RouterFacts, SelectedPod } from './router-facts.ts'
import type { SslProfiles } from './ssl-profiles.ts'

const HTTP_VERSIONS = { http: 'HTTP1', http2: 'HTTP2' } as const
const OBSERVERS = { tcp: undefined, http: 'http1', http2: 'http2' } as const
const PER_CONNECTION = 'balanced per connection'
const LOCAL_HOST = /^(localhost|\d+\.\d+\.\d+\.\d+|.*:.*)$/

/** A router listener for each Listener and MultiKeyListener. The second one on a port is left out. */
export function listenerEntities(listeners: readonly AnyListener[], context: RenderContext): Rendered {
  const holders = new Map<string, string>()
  return together(
    listeners.map((listener) => {
      const { host, port } = bindOf(listener, context.facts)
      const holder = holders.get(`${host}:${port}`)
      if (holder !== undefined) return refused(listener, `${holder} has port ${port} on ${host || 'all hosts'}`)
      holders.set(`${host}:${port}`, `${listener.kind} ${listener.metadata.name}`)
      if (listener.kind === 'Listener') return serviceListener(listener, context)
      return multiKeyEntities(listener, bindOf(listener, context.facts), context)
    }),
  )
}

/** A router connector for each target of each Connector. */
export function connectorEntities(connectors: readonly Connector[], context: RenderContext): Rendered {
  return together(connectors.map((connector) => serviceConnectors(connector, context)))
}

function serviceListener(listener: Listener, { facts, capabilities, profiles }: RenderContext): Rendered {
  const { routingKey, tlsCredentials, observer, type = 'tcp' } = listener.spec
  const sslProfile = tlsCredentials === undefined ? undefined : profiles.server(tlsCredentials)
  if (tlsCredentials !== undefined && sslProfile === undefined) return pending(listener, missing(tlsCredentials))
  // What was only deduced may be wrong: then the router looks at the bytes itself.
  const expected = flagSetting(listener, 'protocol-deduced') ? undefined : OBSERVERS[type]
  const attributes = {
    name: `listener/${listener.metadata.name}`,
    address: routingKey,
    ...bindOf(listener, facts),
    siteId: facts.siteId,
    sslProfile,
    observer: observer ?? expected,
  }
  if (type === 'tcp') return { entities: [['tcpListener', attributes]], notes: [] }
  if (!capabilities.httpListener) {
    return { entities: [['tcpListener', attributes]], notes: [note(listener, 'Ready', PER_CONNECTION)] }
  }
  return { entities: [['httpListener', { ...attributes, protocolVersion: HTTP_VERSIONS[type] }]], notes: [] }
}

function serviceConnectors(connector: Connector, context: RenderContext): Rendered {
  const targets = targetsOf(connector, context.facts)
  if (targets.length === 0) return pending(connector, 'No pods match selector')
  const { tlsCredentials } = connector.spec
  const sslProfile = tlsCredentials === undefined ? undefined : connectorProfile(connector, context.profiles)
  if (tlsCredentials !== undefined && sslProfile === undefined) return pending(connector, missing(tlsCredentials))
  return {
    entities: targets.map((target) => serviceConnector(connector, target, { sslProfile, ...context })),
    notes: [],
  }
}

function serviceConnector(
  { metadata, spec }: Connector,
  target: SelectedPod,
  { facts, capabilities, sslProfile }: RenderContext & { sslProfile: string | undefined },
): EntityConfig {
  const { routingKey, port, type = 'tcp', verifyHostname = false } = spec
  const attributes = {
    name: `connector/${metadata.name}@${target.ip}`,
    address: routingKey,
    host: target.ip,
    port: String(target.port ?? port),
    siteId: facts.siteId,
    sslProfile,
    verifyHostname: sslProfile === undefined ? undefined : verifyHostname,
    processId: target.uid,
  }
  return type === 'tcp' || !capabilities.httpListener
    ? ['tcpConnector', attributes]
    : ['httpConnector', { ...attributes, protocolVersion: HTTP_VERSIONS[type] }]
}

function targetsOf({ metadata, spec }: Connector, { pods }: RouterFacts): readonly SelectedPod[] {
  return pods?.get(metadata.name) ?? (spec.host === undefined ? [] : [{ ip: spec.host }])
}

/** Skupper v2 shows a client certificate to the target only where that is asked for. */
function connectorProfile({ spec }: Connector, profiles: SslProfiles): string | undefined {
  const { tlsCredentials = '', useClientCert = false } = spec
  return useClientCert ? profiles.server(tlsCredentials) : profiles.trust(tlsCredentials)
}

function bindOf(listener: AnyListener, { listenHost, listenerPorts }: RouterFacts): { host: string; port: string } {
  const { host, port } = listener.spec
  return {
    host: LOCAL_HOST.test(host) ? host : listenHost,
    port: String(listenerPorts?.get(listenerKey(listener)) ?? port),
  }
}
