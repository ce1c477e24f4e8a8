import type { KubeClient } from '../../../core/kube/kube-client.ts'
import type { Deployment, Pod } from '../../../core/kube/library-objects.ts'
import { DEPLOYMENT, POD } from '../../../core/kube/resource-types.ts'

/** Why the pods of a Deployment are not all there, ready and of its newest version; undefined where they are. */
export async function podObstacle(client: KubeClient, name: string): Promise<string | undefined> {
  const deployment = await client.get(DEPLOYMENT, name)
  if (deployment === undefined) return `Deployment ${name} is missing`
  if (isRolledOut(deployment)) return undefined
  const selector = deployment.spec?.selector.matchLabels ?? {}
  const labelSelector = Object.entries(selector)
    .map(([key, value]) => `${key}=${value}`)
    .join(',')
  const pods = await client.list(POD, { labelSelector })
  const reasons = pods.flatMap((pod) => reasonOf(pod) ?? [])
  return reasons.at(-1) ?? conditionReason(deployment) ?? `Deployment ${name} has no ready pod yet`
}

function isRolledOut({ metadata, spec, status }: Deployment): boolean {
  const wanted = spec?.replicas ?? 1
  const isSeen = (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0)
  const { updatedReplicas = 0, availableReplicas = 0, replicas = 0 } = status ?? {}
  return isSeen && updatedReplicas >= wanted && availableReplicas >= wanted && replicas <= wanted
}

function reasonOf({ metadata, status }: Pod): string | undefined {
  const unscheduled = status?.conditions?.find((each) => each.type === 'PodScheduled' && each.status === 'False')
  if (unscheduled !== undefined) return `pod ${metadata.name} has no node: ${unscheduled.message ?? 'not scheduled'}`
  const states = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]
  const waiting = states.map(({ state }) => state?.waiting).find((each) => each?.reason !== undefined)
  if (waiting === undefined || waiting.reason === 'ContainerCreating') return undefined
  return `pod ${metadata.name}: ${[waiting.reason, waiting.message].filter((word) => word !== undefined).join(': ')}`
}

/** What the Deployment itself says where it could make no pod, such as a quota. */
function conditionReason({ status }: Deployment): string | undefined {
  return status?.conditions?.find((each) => each.type === 'ReplicaFailure' && each.status === 'True')?.message
}
