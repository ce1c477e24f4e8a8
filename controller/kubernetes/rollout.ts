import type { Deployment } from '../../core/kube/library-objects.ts'
import type { KubeObject } from '../../core/kube/kube-object.ts'

/**
 * Of changes to several Deployments that are there, only one is made at a time, and only while all others are in
 * order: the routers of a site must not restart at once. What is not there yet is made at once.
 */
export function oneAtATime(changes: readonly KubeObject[], deployments: readonly Deployment[]): KubeObject[] {
  const there = new Map(deployments.map((deployment) => [deployment.metadata.name, deployment]))
  const isChange = ({ kind, metadata }: KubeObject): boolean => kind === 'Deployment' && there.has(metadata.name)
  const [first] = changes.filter(isChange)
  const others = deployments.filter(({ metadata }) => metadata.name !== first?.metadata.name)
  const mayChange = first !== undefined && others.every(isRolledOut)
  return changes.filter((change) => !isChange(change) || (mayChange && change === first))
}

/** Whether all pods of a Deployment are of its latest form and ready. */
export function isRolledOut({ metadata, spec, status }: Deployment): boolean {
  const wanted = spec?.replicas ?? 1
  if ((status?.observedGeneration ?? 0) < (metadata.generation ?? 0)) return false
  return status?.replicas === wanted && status.updatedReplicas === wanted && status.availableReplicas === wanted
}
