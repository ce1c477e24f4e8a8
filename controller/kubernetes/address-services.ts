import type { KubeObject } from '../../core/kube/kube-object.ts'
import type { EndpointSlice, Pod, Service } from '../../core/kube/library-objects.ts'
import { CONTROLLED_ANNOTATION } from '../../core/model/annotation-names.ts'
import { labelName } from '../../core/model/field-schemas.ts'
import { listenerKey, routingKeysOf, type AnyListener } from '../../core/model/multi-key-listener.ts'
import type { ConfigNote } from '../../router/config/rendered.ts'
import type { ListenerPorts } from './cluster-ports.ts'
import { takesConnections } from './connector-pods.ts'
import { isOurs } from './object-plan.ts'
import { owned, ROUTER_LABELS, type Owner } from './site-labels.ts'

/** Who manages our EndpointSlices, in the words of Kubernetes. */
export const SLICE_MANAGER = 'skupper-site-controller'
const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by'
const SERVICE_NAME = 'kubernetes.io/service-name'
const SLICE_SUFFIX = '-skupper'
const LOCAL_HOST = /^(localhost|\d+\.\d+\.\d+\.\d+|.*:.*)$/
/** What an EndpointSlice can hold. */
const MAX_SLICE_ENDPOINTS = 100

export interface AddressFacts extends Owner {
  /** Older ones first. */
  readonly listeners: readonly AnyListener[]
  readonly ports: ListenerPorts
  /** What there is in the namespace now. */
  readonly services: readonly Service[]
  readonly routerPods: readonly Pod[]
  /** The routing keys that some other site serves. */
  readonly servedElsewhere: ReadonlySet<string>
}

/** What makes the listeners of a site reachable in the cluster, and what stands in the way. */
export interface AddressObjects {
  readonly objects: readonly KubeObject[]
  readonly notes: readonly ConfigNote[]
}

/**
 * A Service for each host that listeners name, with a port for each of them. Where the user has a Service of that name
 * its spec stays as it is: an EndpointSlice of ours adds the routers to it while another site serves the address.
 */
export function addressObjects(facts: AddressFacts): AddressObjects {
  const inCluster = facts.listeners.filter(({ spec }) => !LOCAL_HOST.test(spec.host))
  const unnamable = inCluster.filter(({ spec }) => !labelName.safeParse(spec.host).success)
  const byHost = Map.groupBy(
    inCluster.filter(({ spec }) => labelName.safeParse(spec.host).success),
    ({ spec }) => spec.host,
  )
  const made = [...byHost].map(([host, listeners]) => hostObjects(host, withoutTwins(listeners), facts))
  return {
    objects: made.flatMap(({ objects }) => objects),
    notes: [
      ...unnamable.map((listener) =>
        note(listener, 'Error', `The host "${listener.spec.host}" cannot be the name of a Service`),
      ),
      ...[...byHost.values()].flatMap(twinNotes),
      ...made.flatMap(({ notes }) => notes),
    ],
  }
}

/** Whether an EndpointSlice is one of ours, and so no target of anything. */
export function isOurSlice({ metadata }: EndpointSlice): boolean {
  return metadata.labels?.[MANAGED_BY] === SLICE_MANAGER
}

function hostObjects(host: string, listeners: readonly AnyListener[], facts: AddressFacts): AddressObjects {
  const existing = facts.services.find(({ metadata }) => metadata.name === host)
  if (existing === undefined || isOurs(existing)) {
    return { objects: [addressService(host, listeners, facts)], notes: [] }
  }
  return besideUsersService(existing, listeners, facts)
}

function addressService(host: string, listeners: readonly AnyListener[], facts: AddressFacts): KubeObject {
  const ports = listeners.flatMap((listener) => {
    const { spec } = listener
    const targetPort = facts.ports.get(listenerKey(listener))
    return targetPort === undefined ? [] : [{ name: portName(spec.port), port: spec.port, targetPort, protocol: 'TCP' }]
  })
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: host, annotations: { [CONTROLLED_ANNOTATION]: 'true' } },
    spec: { type: 'ClusterIP', selector: { ...ROUTER_LABELS }, ports: ports.sort((a, b) => a.port - b.port) },
  }
  return owned(service, facts)
}

function besideUsersService(service: Service, listeners: readonly AnyListener[], facts: AddressFacts): AddressObjects {
  const { name } = service.metadata
  if (service.spec?.clusterIP === 'None') {
    return { objects: [], notes: listeners.map((each) => note(each, 'Ready', `The Service ${name} is headless`)) }
  }
  const known = new Map((service.spec?.ports ?? []).map((port) => [port.port, port.name ?? '']))
  const unknown = listeners.filter(({ spec }) => !known.has(spec.port))
  const served = listeners.filter((listener) => {
    const isServed = routingKeysOf(listener).some((key) => facts.servedElsewhere.has(key))
    return known.has(listener.spec.port) && isServed
  })
  const ports = served.flatMap((listener) => {
    const port = facts.ports.get(listenerKey(listener))
    return port === undefined ? [] : [{ name: known.get(listener.spec.port) ?? '', port, protocol: 'TCP' }]
  })
  const addresses = facts.routerPods.filter((pod) => takesConnections(pod)).slice(0, MAX_SLICE_ENDPOINTS)
  return {
    objects: ports.length === 0 || addresses.length === 0 ? [] : [sliceOf(name, ports, { ...facts, addresses })],
    notes: unknown.map((listener) =>
      note(listener, 'Error', `The Service ${name} exists and has no port ${String(listener.spec.port)}`),
    ),
  }
}

function sliceOf(
  service: string,
  ports: readonly { name: string; port: number }[],
  { addresses, ...facts }: AddressFacts & { readonly addresses: readonly Pod[] },
): KubeObject {
  const slice = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${service}${SLICE_SUFFIX}`, labels: { [SERVICE_NAME]: service, [MANAGED_BY]: SLICE_MANAGER } },
    addressType: 'IPv4',
    endpoints: addresses.map(({ metadata, status, spec }) => ({
      addresses: [status?.podIP ?? ''],
      conditions: { ready: true, serving: true, terminating: false },
      ...(spec?.nodeName === undefined ? {} : { nodeName: spec.nodeName }),
      targetRef: { kind: 'Pod', name: metadata.name, namespace: facts.namespace, uid: metadata.uid },
    })),
    ports: [...ports],
  }
  return owned(slice, facts)
}

/** Of several listeners with one host and port, the oldest has it. */
function withoutTwins(listeners: readonly AnyListener[]): AnyListener[] {
  return listeners.filter((listener, index) => twinOf(listener, listeners.slice(0, index)) === undefined)
}

function twinNotes(listeners: readonly AnyListener[]): ConfigNote[] {
  return listeners.flatMap((listener, index) => {
    const twin = twinOf(listener, listeners.slice(0, index))
    if (twin === undefined) return []
    const { host, port } = listener.spec
    return [note(listener, 'Error', `${twin.kind} ${twin.metadata.name} has port ${String(port)} of host ${host}`)]
  })
}

function twinOf({ spec }: AnyListener, older: readonly AnyListener[]): AnyListener | undefined {
  return older.find((other) => other.spec.port === spec.port)
}

function portName(port: number): string {
  return `port${String(port)}`
}

function note({ kind, metadata }: AnyListener, reason: ConfigNote['reason'], message: string): ConfigNote {
  return { kind, name: metadata.name, reason, message }
}
