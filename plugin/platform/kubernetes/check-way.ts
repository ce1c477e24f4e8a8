import type { KubeClient } from '../../../core/kube/kube-client.ts'
import type { Pod, Service } from '../../../core/kube/library-objects.ts'
import { ENDPOINT_SLICE, POD, SERVICE } from '../../../core/kube/resource-types.ts'
import type { Connector } from '../../../core/model/connector.ts'
import type { AnyListener } from '../../../core/model/multi-key-listener.ts'
import type { Finding } from '../../check/finding.ts'
import { podTrouble } from './pod-trouble.ts'

/** The Service that clients in the namespace call, and whether it leads anywhere. */
export async function checkEntry(client: KubeClient, { spec }: AnyListener): Promise<Finding> {
  const part = `Service ${spec.host}`
  const service = await client.get(SERVICE, spec.host)
  if (service === undefined) {
    return { part, says: 'it is not there', remedy: 'see what the controller logs: it makes the Service' }
  }
  if (!hasPort(service, spec.port)) {
    const remedy = `add the port to the Service, or expose under another address`
    return { part, says: `it has no port ${String(spec.port)}`, remedy }
  }
  const slices = await client.list(ENDPOINT_SLICE, { labelSelector: `kubernetes.io/service-name=${spec.host}` })
  const addresses = slices.flatMap(({ endpoints = [] }) =>
    (endpoints as Endpoint[]).filter(isReady).flatMap(({ addresses }) => addresses),
  )
  if (addresses.length > 0) return { part, says: `leads to ${addresses.join(', ')}` }
  return { part, says: 'nothing ready is behind it', remedy: 'see that a pod skupper-router is ready' }
}

interface Endpoint {
  addresses: string[]
  conditions?: { ready?: boolean | undefined } | undefined
}

const isReady = ({ conditions }: Endpoint): boolean => conditions?.ready !== false

const hasPort = ({ spec }: Service, port: number): boolean => spec?.ports?.some((each) => each.port === port) ?? false

/** The pods that a connector selects, and what the first of them lacks. */
export async function checkTarget(client: KubeClient, { spec }: Connector): Promise<Finding> {
  const port = String(spec.port)
  if (spec.selector === undefined) {
    return { part: `host ${spec.host ?? ''}:${port}`, says: 'is outside of what can be looked at from here' }
  }
  const part = `pods with ${spec.selector}`
  const pods = await client.list(POD, { labelSelector: spec.selector })
  if (pods.length === 0) {
    return { part, says: 'there are none', remedy: 'start the workload, or correct its labels' }
  }
  const ready = pods.filter((pod) => hasCondition(pod, 'Ready'))
  const [first] = pods
  if (ready.length === 0 && first !== undefined) {
    const remedy = `look at it: kubectl -n ${client.namespace} describe pod ${first.metadata.name}`
    return {
      part,
      says: `none of ${String(pods.length)} is ready; ${podTrouble(first) ?? `pod ${first.metadata.name} is not ready yet`}`,
      remedy,
    }
  }
  const undeclared = ready.find((pod) => !mayListen(pod, spec.port))
  if (undeclared !== undefined) {
    const remedy = `see that it listens on port ${port}, or expose with --target-port`
    return { part, says: `pod ${undeclared.metadata.name} declares other ports than ${port}`, remedy }
  }
  return { part, says: `${String(ready.length)} of ${String(pods.length)} ready, called on port ${port}` }
}

const hasCondition = ({ status }: Pod, type: string): boolean =>
  status?.conditions?.some((each) => each.type === type && each.status === 'True') ?? false

/** A pod need not declare its ports; one that declares some and not this one is worth a look. */
function mayListen({ spec }: Pod, port: number): boolean {
  const declared = spec?.containers.flatMap(({ ports }) => ports ?? []) ?? []
  return declared.length === 0 || declared.some(({ containerPort }) => containerPort === port)
}
