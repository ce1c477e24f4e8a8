import type { KubeClient } from '../../../core/kube/kube-client.ts'
import type { ResourceType } from '../../../core/kube/kube-object.ts'
import { DAEMON_SET, DEPLOYMENT, POD, SERVICE, STATEFUL_SET } from '../../../core/kube/resource-types.ts'
import { SkupperError } from '../../../core/model/error.ts'
import { isOurs, readExposable, type ExposableObject } from '../../../core/model/exposure/exposable-object.ts'
import type { Target, TargetName, TargetPort } from '../../target.ts'

const TYPES: Readonly<Record<string, ResourceType>> = {
  deployment: DEPLOYMENT,
  statefulset: STATEFUL_SET,
  daemonset: DAEMON_SET,
  service: SERVICE,
}

/** The kinds of target that a cluster has. */
export const TARGET_TYPES = Object.keys(TYPES)

/**
 * The workload or Service of that name, with the pods behind it and its ports. Throws `target/missing` where there is
 * none, `target/unusable` with the reason where it cannot be exposed.
 */
export async function workloadTarget(client: KubeClient, { type, name }: TargetName): Promise<Target> {
  const kind = TYPES[type]
  const object = kind === undefined ? undefined : await client.get(kind, name)
  const exposable = object === undefined ? undefined : readExposable(object, client.namespace)
  if (kind === undefined || exposable === undefined) throw missing(type, name, kind)
  if (isOurs(exposable)) throw unusable(type, name, 'it belongs to Skupper itself')
  return type === 'service' ? serviceTarget(client, exposable) : ofWorkload(type, exposable)
}

function ofWorkload(type: string, { name, selector, ports }: ExposableObject): Target {
  if (selector === '') throw unusable(type, name, 'it selects no pods')
  return {
    ...{ type, name, exit: { selector }, address: name },
    ports: ports.map(({ port, name: portName, appProtocol }) => ({ port, targetPort: port, portName, appProtocol })),
  }
}

/** A Service without selector is called by its name, so that whoever maintains its addresses goes on doing so. */
async function serviceTarget(client: KubeClient, service: ExposableObject): Promise<Target> {
  const { name, selector, externalName, isHeadless } = service
  if (isHeadless) throw unusable('service', name, 'it is headless: pods under names of their own follow with layer 7')
  if (externalName !== undefined) return { ...ofService(name), exit: { host: externalName }, ports: ownPorts(service) }
  if (selector === '') {
    // Under its own name, the router would be one of the addresses that it calls.
    const exit = { host: `${name}.${service.namespace}.svc` }
    return { type: 'service', name, exit, ports: ownPorts(service), notAddress: name }
  }
  return { ...ofService(name), exit: { selector }, ports: await podPorts(client, service) }
}

const ofService = (name: string) => ({ type: 'service', name, address: name })

function ownPorts({ ports }: ExposableObject): TargetPort[] {
  return ports.map(({ port, name, appProtocol }) => ({ port, targetPort: port, portName: name, appProtocol }))
}

/** The Service's ports with the numbers that its pods have for them. */
async function podPorts(client: KubeClient, service: ExposableObject): Promise<TargetPort[]> {
  const { ports, selector } = service
  const isNamed = ports.some(({ targetPort }) => typeof targetPort === 'string')
  const names = isNamed ? await containerPorts(client, selector) : new Map<string, number>()
  return ports.map(({ port, targetPort = port, name, appProtocol }) => {
    const number = typeof targetPort === 'string' ? names.get(targetPort) : targetPort
    if (number === undefined) {
      const reason = `its port ${String(port)} leads to "${String(targetPort)}", a name that no pod has now`
      throw unusable('service', service.name, `${reason}: start the pods first`)
    }
    return { port, targetPort: number, portName: name, appProtocol }
  })
}

async function containerPorts(client: KubeClient, labelSelector: string): Promise<Map<string, number>> {
  const pods = await client.list(POD, { labelSelector })
  const ports = pods.flatMap(({ spec }) => spec?.containers.flatMap((container) => container.ports ?? []) ?? [])
  return new Map(
    ports.flatMap(({ name, containerPort }) => (name === undefined ? [] : [[name, containerPort] as const])),
  )
}

function missing(type: string, name: string, kind: ResourceType | undefined): SkupperError {
  const group = kind?.apiVersion.includes('/') === true ? `.${kind.apiVersion.split('/', 1)[0] ?? ''}` : ''
  const message = `Could not read ${type} ${name}: ${kind?.plural ?? type}${group} "${name}" not found`
  return new SkupperError('workload/missing', message, { given: name })
}

function unusable(type: string, name: string, reason: string): SkupperError {
  return new SkupperError('workload/unusable', `${type} ${name} cannot be exposed: ${reason}`, {
    given: name,
    wanted: reason,
  })
}
