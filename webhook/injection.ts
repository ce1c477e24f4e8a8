import { EXPOSED_LABEL, ISTIO_EXCLUDED_PORTS, ISTIO_INJECT, USER_ANNOTATIONS } from '../core/model/annotation-names.ts'
import type { ExposableObject } from '../core/model/exposure/exposable-object.ts'
import { formatPorts } from '../core/model/exposure/exposed-ports.ts'
import type { Exposure } from '../core/model/exposure/exposure.ts'
import type { Injected } from '../core/model/exposure/injected.ts'
import type { Labels } from '../core/model/labels.ts'

/**
 * What the webhook writes into an exposed object, given the object as its user left it. A key of the user's own is
 * never written over. Pure.
 */
export function injectionFor(user: ExposableObject, exposure: Exposure): Injected {
  const isWorkload = user.kind !== 'Service'
  const istio = isWorkload ? podInjection(user, exposure) : serviceInjection(exposure)
  return {
    annotations: without(user.annotations, { ...configuration(exposure), ...istio.annotations }),
    labels: { ...without(user.labels, istio.labels ?? {}), [EXPOSED_LABEL]: 'true' },
    podAnnotations: istio.podAnnotations ?? {},
    podLabels: without(user.podLabels, istio.podLabels ?? {}),
  }
}

/** Numbers of a comma list such as Istio's, in their order; anything else in it stays. */
export function listedPorts(list: string | undefined): string[] {
  return (list ?? '').split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]))
}

/** Skupper v1's own annotations. Ports that differ in protocol have no `proxy`: it can name only one. */
function configuration({ address, ports }: Exposure): Labels {
  const [protocol, ...others] = new Set(ports.map((port) => port.protocol))
  return {
    ...(protocol === undefined || others.length > 0 ? {} : { [USER_ANNOTATIONS.proxy]: protocol }),
    [USER_ANNOTATIONS.address]: address,
    [USER_ANNOTATIONS.port]: formatPorts(ports),
  }
}

/** The guide's annotation, and the label that newer versions of Istio read in its place. */
function serviceInjection({ istio }: Exposure): Partial<Injected> {
  return istio === 'none' ? {} : { annotations: { [ISTIO_INJECT]: 'false' }, labels: { [ISTIO_INJECT]: 'false' } }
}

function podInjection(user: ExposableObject, { istio, ports }: Exposure): Partial<Injected> {
  if (istio === 'no-sidecar') {
    const { [ISTIO_INJECT]: own } = user.podAnnotations
    const annotations = own === undefined ? { [ISTIO_INJECT]: 'false' } : {}
    return { podAnnotations: annotations, podLabels: { [ISTIO_INJECT]: 'false' } }
  }
  if (istio !== 'exclude-ports') return {}
  const excluded = listedPorts(user.podAnnotations[ISTIO_EXCLUDED_PORTS])
  const wanted = [...new Set(ports.map(({ targetPort }) => String(targetPort)))]
  const added = excluded.includes('*') ? [] : wanted.filter((port) => !excluded.includes(port))
  return added.length === 0 ? {} : { podAnnotations: { [ISTIO_EXCLUDED_PORTS]: added.join(',') } }
}

function without(own: Labels, written: Labels): Labels {
  return Object.fromEntries(Object.entries(written).filter(([key]) => !Object.hasOwn(own, key)))
}
