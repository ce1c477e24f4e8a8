import type { Pod } from '../../core/kube/library-objects.ts'
import type { Connector } from '../../core/model/connector.ts'
import type { SelectedPod } from '../../router/config/router-facts.ts'
import { parseSelector, type LabelMatch } from './label-selector.ts'

/** Pods that ended but are still listed. */
const ENDED: readonly unknown[] = ['Succeeded', 'Failed']

/** The pods that each Connector with a selector selects, by the Connector's name; the same order at every look. */
export function connectorPods(
  connectors: readonly Connector[],
  pods: readonly Pod[],
): ReadonlyMap<string, readonly SelectedPod[]> {
  const selected = connectors.flatMap(({ metadata, spec }) => {
    const matches = spec.selector === undefined ? undefined : parseSelector(spec.selector)
    if (matches === undefined) return []
    return [[metadata.name, targets(pods, matches, spec.includeNotReadyPods ?? false)] as const]
  })
  return new Map(selected)
}

/** A pod takes connections while it has an address, is not being ended, and is ready. */
export function takesConnections(pod: Pod, includeNotReady = false): boolean {
  if (pod.status?.podIP === undefined || pod.metadata.deletionTimestamp !== undefined) return false
  if (ENDED.includes(pod.status.phase)) return false
  return includeNotReady || isReady(pod)
}

export function isReady({ status }: Pod): boolean {
  return status?.conditions?.some(({ type, status: word }) => type === 'Ready' && word === 'True') ?? false
}

function targets(pods: readonly Pod[], matches: LabelMatch, includeNotReady: boolean): SelectedPod[] {
  return pods
    .filter((pod) => matches(pod.metadata.labels) && takesConnections(pod, includeNotReady))
    .map(({ metadata, status }) => ({ name: metadata.name, ip: status?.podIP ?? '', uid: metadata.uid }))
    .sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)))
}
