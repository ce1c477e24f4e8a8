import type { EndpointSlice } from '../../core/kube/library-objects.ts'
import type { Connector } from '../../core/model/connector.ts'
import type { Service } from '../../core/kube/library-objects.ts'
import type { SelectedPod } from '../../router/config/router-facts.ts'
import { isOurSlice } from './address-services.ts'
import { isOurs } from './object-plan.ts'

const SERVICE_NAME = 'kubernetes.io/service-name'

/**
 * The endpoints of Connectors whose host is a user's Service to which an EndpointSlice of ours adds the routers: dialled
 * by its name such a Service could lead back to a router, so its own endpoints are dialled instead. By the name of the
 * Connector.
 */
export function serviceTargets(
  connectors: readonly Connector[],
  {
    services,
    slices,
    namespace,
  }: { services: readonly Service[]; slices: readonly EndpointSlice[]; namespace: string },
): ReadonlyMap<string, readonly SelectedPod[]> {
  const byService = Map.groupBy(slices, ({ metadata }) => metadata.labels?.[SERVICE_NAME] ?? '')
  const joined = services.filter((service) => {
    return !isOurs(service) && (byService.get(service.metadata.name) ?? []).some(isOurSlice)
  })
  const names = new Map(
    joined.flatMap((service) => namesOf(service, namespace).map((name) => [name, service] as const)),
  )
  const found = connectors.flatMap(({ metadata, spec }) => {
    const service = names.get(spec.host ?? '')
    if (service === undefined) return []
    const own = (byService.get(service.metadata.name) ?? []).filter((slice) => !isOurSlice(slice))
    return [[metadata.name, endpointsOf(own, portName(service, spec.port))] as const]
  })
  return new Map(found)
}

function namesOf({ metadata: { name } }: Service, namespace: string): string[] {
  return [name, `${name}.${namespace}`, `${name}.${namespace}.svc`, `${name}.${namespace}.svc.cluster.local`]
}

/** What slices call the port of a Service. */
function portName({ spec }: Service, port: number): string {
  return spec?.ports?.find((each) => each.port === port)?.name ?? ''
}

function endpointsOf(slices: readonly EndpointSlice[], port: string): SelectedPod[] {
  const targets = slices.flatMap(({ endpoints = [], ports = [] }) => {
    const number = ports.find(({ name = '' }) => name === port)?.port
    if (number === undefined) return []
    const ready = endpoints.filter(({ conditions }) => conditions?.ready !== false)
    return ready.flatMap(({ addresses, targetRef }) =>
      addresses.map((ip) => ({ name: targetRef?.name, ip, uid: targetRef?.uid, port: number })),
    )
  })
  return targets.sort((a, b) => (a.ip < b.ip ? -1 : Number(a.ip > b.ip)))
}
