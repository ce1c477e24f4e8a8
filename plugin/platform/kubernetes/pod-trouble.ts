import type { Pod } from '../../../core/kube/library-objects.ts'

type ContainerState = NonNullable<NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number]['state']>

/** Why a pod is not ready, as far as it tells: no node, or a container that waits or has ended. */
export function podTrouble({ metadata, status }: Pod): string | undefined {
  const unscheduled = status?.conditions?.find((each) => each.type === 'PodScheduled' && each.status === 'False')
  if (unscheduled !== undefined) return `pod ${metadata.name} has no node: ${unscheduled.message ?? 'not scheduled'}`
  const container = status?.containerStatuses?.find((each) => !each.ready)
  const words = stateWords(container?.state)
  return words.length === 0 ? undefined : `pod ${metadata.name}: ${words.join(': ')}`
}

function stateWords({ waiting, terminated }: ContainerState = {}): string[] {
  const { reason, message } = waiting ?? terminated ?? {}
  // Every pod does that for a moment.
  if (reason === 'ContainerCreating') return []
  return [reason, message].filter((word) => word !== undefined)
}
