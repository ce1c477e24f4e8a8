import type { KubeClient } from '../../../core/kube/kube-client.ts'
import type { Deployment } from '../../../core/kube/library-objects.ts'
import { DEPLOYMENT, POD } from '../../../core/kube/resource-types.ts'
import { podTrouble } from './pod-trouble.ts'

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
  const reasons = pods.flatMap((pod) => podTrouble(pod) ?? [])
  return reasons.at(-1) ?? conditionReason(deployment) ?? `Deployment ${name} has no ready pod yet`
}

function isRolledOut({ metadata, spec, status = {} }: Deployment): boolean {
  const { observedGeneration = 0, updatedReplicas = 0, availableReplicas = 0 } = status
  const wanted = spec?.replicas ?? 1
  const hasSeen = observedGeneration >= (metadata.generation ?? 0)
  return hasSeen && Math.min(updatedReplicas, availableReplicas) >= wanted && !hasOldPods(status)
}

const hasOldPods = ({ replicas = 0, updatedReplicas = 0 }: NonNullable<Deployment['status']>): boolean =>
  replicas > updatedReplicas

/** What the Deployment itself says where it could make no pod, such as a quota. */
function conditionReason({ status }: Deployment): string | undefined {
  return status?.conditions?.find((each) => each.type === 'ReplicaFailure' && each.status === 'True')?.message
}
