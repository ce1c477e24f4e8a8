import { connectorName, listenerName, routingKey } from '../../core/model/address.ts'
import {
  CONTROLLED_ANNOTATION,
  EXPOSES_ANNOTATION,
  MANAGED_BY,
  MANAGED_BY_LABEL,
  TARGET_ANNOTATION,
} from '../../core/model/annotation-names.ts'
import type { Connector } from '../../core/model/connector.ts'
import { titleOf, type ExposableObject } from '../../core/model/exposure/exposable-object.ts'
import type { ExposedPort, Exposure } from '../../core/model/exposure/exposure.ts'
import type { Listener } from '../../core/model/listener.ts'
import { API_VERSION } from '../../core/model/resource-schema.ts'

/** An object of the namespace that is exposed, and how. */
export interface ExposedObject {
  readonly object: ExposableObject
  readonly exposure: Exposure
}

/** What exposed objects become, and what cannot be done. */
export interface ExposedResources {
  readonly listeners: readonly Listener[]
  readonly connectors: readonly Connector[]
  readonly problems: readonly ExposureProblem[]
}

/** What is wrong with an object, in a sentence. */
export interface ExposureProblem {
  /** `Deployment/web`. */
  readonly subject: string
  readonly message: string
}

interface PortOfObject extends ExposedObject {
  readonly port: ExposedPort
}

/**
 * The Listeners and Connectors of a namespace's exposed objects. Several objects may share an address and a port: each
 * is a target of it, and the first by name says the protocol. Pure.
 */
export function exposedResources(exposed: readonly ExposedObject[]): ExposedResources {
  const inOrder = [...exposed].sort((a, b) => (sourceOf(a.object) < sourceOf(b.object) ? -1 : 1))
  const ports = inOrder.flatMap((each) => each.exposure.ports.map((port) => ({ ...each, port })))
  const groups = [...Map.groupBy(ports, ({ exposure, port }) => routingKey(exposure.address, port.port)).values()]
  const parts = groups.map(groupResources)
  return {
    listeners: parts.flatMap(({ listeners }) => listeners),
    connectors: parts.flatMap(({ connectors }) => connectors),
    problems: parts.flatMap(({ problems }) => problems),
  }
}

/** `Deployment/web`: how resources and problems name the object they come from. */
export function sourceOf({ kind, name }: ExposableObject): string {
  return `${kind}/${name}`
}

function groupResources(group: readonly PortOfObject[]): ExposedResources {
  const [first] = group
  if (first === undefined) return { listeners: [], connectors: [], problems: [] }
  const { protocol } = first.port
  const alike = group.filter(({ port }) => port.protocol === protocol)
  const entry = alike.find(({ exposure }) => exposure.hasListener)
  return {
    listeners: entry === undefined ? [] : [listenerFor(entry)],
    connectors: alike.flatMap(connectorFor),
    problems: group
      .filter(({ port }) => port.protocol !== protocol)
      .map(({ object, exposure, port }) => ({
        subject: sourceOf(object),
        message:
          `${titleOf(object)} asks for ${port.protocol} at ${routingKey(exposure.address, port.port)}, ` +
          `where ${titleOf(first.object)} asks for ${protocol}; wanted the same, or another address`,
      })),
  }
}

function listenerFor({ object, exposure, port }: PortOfObject): Listener {
  const { address, tlsCredentials, headless } = exposure
  return {
    apiVersion: API_VERSION,
    kind: 'Listener',
    metadata: { name: listenerName(address, port.port), ...keysFor(object, exposure) },
    spec: {
      routingKey: routingKey(address, port.port),
      host: address,
      port: port.port,
      type: port.protocol,
      ...(tlsCredentials === undefined ? {} : { tlsCredentials }),
      ...(headless ? { exposePodsByName: true } : {}),
      ...deduced(port),
    },
  }
}

function connectorFor({ object, exposure, port }: PortOfObject): Connector[] {
  const { address, target, tlsTrust, headless } = exposure
  if (target.type === 'none') return []
  return [
    {
      apiVersion: API_VERSION,
      kind: 'Connector',
      metadata: {
        name: connectorName(address, port.port, `${object.kind}-${object.name}`.toLowerCase()),
        ...connectorKeys(object, exposure),
      },
      spec: {
        routingKey: routingKey(address, port.port),
        port: port.targetPort,
        type: port.protocol,
        ...destination(target),
        ...(tlsTrust === undefined ? {} : { tlsCredentials: tlsTrust, verifyHostname: false }),
        ...(headless ? { exposePodsByName: true } : {}),
        ...deduced(port),
      },
    },
  ]
}

function destination(target: Exclude<Exposure['target'], { type: 'none' }>): { selector: string } | { host: string } {
  switch (target.type) {
    case 'pods':
      return { selector: target.selector }
    case 'service':
      return { host: `${target.name}.${target.namespace}.svc` }
    case 'host':
      return { host: target.host }
  }
}

/** The service's labels travel to other sites; ours say whose it is. */
function keysFor(object: ExposableObject, { labels, annotations }: Exposure) {
  return {
    labels: { ...labels, [MANAGED_BY_LABEL]: MANAGED_BY },
    annotations: { ...annotations, [CONTROLLED_ANNOTATION]: 'true', [EXPOSES_ANNOTATION]: sourceOf(object) },
  }
}

/** As commands write it too, so that statuses name the target. */
function connectorKeys(object: ExposableObject, exposure: Exposure) {
  const { labels, annotations } = keysFor(object, exposure)
  return { labels, annotations: { ...annotations, [TARGET_ANNOTATION]: sourceOf(object).toLowerCase() } }
}

function deduced({ deduced: reason }: ExposedPort): { settings?: Record<string, string> } {
  return reason === undefined ? {} : { settings: { 'protocol-deduced': 'true' } }
}
