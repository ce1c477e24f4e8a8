import { INJECTED_ANNOTATION, ISTIO_EXCLUDED_PORTS } from '../core/model/annotation-names.ts'
import type { ExposableObject } from '../core/model/exposure/exposable-object.ts'
import { formatInjected, type Injected } from '../core/model/exposure/injected.ts'
import type { Labels } from '../core/model/labels.ts'
import { listedPorts } from './injection.ts'

/** The four maps of an object in which the webhook may write, and nothing else of it. */
export interface ObjectKeys {
  readonly annotations: Labels
  readonly labels: Labels
  readonly podAnnotations: Labels
  readonly podLabels: Labels
}

/** The object as its user left it: what `injected` records is taken out, unless it was changed since. */
export function withoutInjected(object: ExposableObject, injected: Injected): ExposableObject {
  const { [ISTIO_EXCLUDED_PORTS]: excluded, ...podAnnotations } = injected.podAnnotations
  const record = object.annotations[INJECTED_ANNOTATION]
  const written = record === undefined ? {} : { ...injected.annotations, [INJECTED_ANNOTATION]: record }
  return {
    ...object,
    annotations: takenOut(object.annotations, written),
    labels: takenOut(object.labels, injected.labels),
    podAnnotations: withoutPorts(takenOut(object.podAnnotations, podAnnotations), excluded),
    podLabels: takenOut(object.podLabels, injected.podLabels),
  }
}

/** What a user left, with `injected` and its record written into it. */
export function withInjected(user: ObjectKeys, injected: Injected): ObjectKeys {
  const record = formatInjected(injected)
  const { [ISTIO_EXCLUDED_PORTS]: excluded, ...podAnnotations } = injected.podAnnotations
  return {
    annotations: {
      ...user.annotations,
      ...injected.annotations,
      ...(record === undefined ? {} : { [INJECTED_ANNOTATION]: record }),
    },
    labels: { ...user.labels, ...injected.labels },
    podAnnotations: withPorts({ ...user.podAnnotations, ...podAnnotations }, excluded),
    podLabels: { ...user.podLabels, ...injected.podLabels },
  }
}

function takenOut(all: Labels, written: Labels): Labels {
  if (Object.keys(written).length === 0) return all
  return Object.fromEntries(Object.entries(all).filter(([key, value]) => written[key] !== value))
}

function withoutPorts(annotations: Labels, written: string | undefined): Labels {
  const { [ISTIO_EXCLUDED_PORTS]: list, ...others } = annotations
  if (written === undefined || list === undefined) return annotations
  const ours = listedPorts(written)
  const left = listedPorts(list).filter((port) => !ours.includes(port))
  return left.length === 0 ? others : { ...others, [ISTIO_EXCLUDED_PORTS]: left.join(',') }
}

function withPorts(annotations: Labels, added: string | undefined): Labels {
  if (added === undefined) return annotations
  const list = [...listedPorts(annotations[ISTIO_EXCLUDED_PORTS]), ...listedPorts(added)]
  return { ...annotations, [ISTIO_EXCLUDED_PORTS]: list.join(',') }
}
