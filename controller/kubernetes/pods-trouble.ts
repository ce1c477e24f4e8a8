import type { Pod } from '../../core/kube/library-objects.ts'

/** Waits that pass by themselves and explain nothing. */
const ORDINARY: readonly unknown[] = ['ContainerCreating', 'PodInitializing']

/** Why no router runs, from what Kubernetes says of its pods: a container that cannot start, a pod without a node. */
export function podsTrouble(pods: readonly Pod[]): string | undefined {
  const troubles = pods.map((pod) => waitingTrouble(pod) ?? conditionTrouble(pod))
  return troubles.find((trouble) => trouble !== undefined)
}

function waitingTrouble({ metadata, status }: Pod): string | undefined {
  const waits = status?.containerStatuses?.flatMap(({ state }) => state?.waiting ?? []) ?? []
  const wait = waits.find(({ reason }) => !ORDINARY.includes(reason))
  if (wait?.reason === undefined) return undefined
  const detail = wait.message === undefined ? '' : `: ${wait.message}`
  return `Pod ${metadata.name}: ${wait.reason}${detail}`
}

function conditionTrouble({ metadata, status }: Pod): string | undefined {
  const unscheduled = status?.conditions?.find(({ type, status: word }) => type === 'PodScheduled' && word === 'False')
  return unscheduled?.message === undefined ? undefined : `Pod ${metadata.name}: ${unscheduled.message}`
}
