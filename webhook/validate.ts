import { USER_ANNOTATIONS } from '../core/model/annotation-names.ts'
import { isOurs, readExposable, titleOf, type ExposableObject } from '../core/model/exposure/exposable-object.ts'
import { exposureOf } from '../core/model/exposure/exposure-of.ts'
import type { Exposure, ExposureDecision } from '../core/model/exposure/exposure.ts'
import { unknownAnnotations } from '../core/model/exposure/known-annotations.ts'
import type { ClusterView } from './cluster-view.ts'
import { isInMesh, isStrict } from './mesh.ts'

/** Whether an object is admitted. `refusal` is the message for whoever applied it. */
export interface Validation {
  readonly refusal: string | undefined
  readonly warnings: readonly string[]
  readonly decision?: ExposureDecision | undefined
}

/** The object, and what it was before where it is changed. */
export interface Candidate {
  readonly object: unknown
  readonly oldObject: unknown
  readonly namespace: string
}

/**
 * Whether a Service or workload is admitted. A wrong value is refused, but not if it was there before: whoever changes
 * something else, such as a controller that scales, is not stopped by it. Pure.
 */
export function validationOf({ object, oldObject, namespace }: Candidate, view: ClusterView): Validation {
  const given = readExposable(object, namespace)
  if (given === undefined || isOurs(given)) return { refusal: undefined, warnings: [] }
  const unknown = unknownAnnotations(given.annotations)
  const decision = decisionOn(given, view)
  if (decision.outcome === 'error') {
    const { message, code } = decision
    const isMild = wasWrong(oldObject, { namespace, message, view }) || mayBeRight(given, code)
    return isMild
      ? { refusal: undefined, warnings: [message, ...unknown], decision }
      : { refusal: message, warnings: unknown, decision }
  }
  const more = decision.outcome === 'exposed' ? exposedWarnings(given, decision.exposure, view) : notExposed(decision)
  return { refusal: undefined, warnings: [...decision.remarks, ...unknown, ...more], decision }
}

function decisionOn(object: ExposableObject, view: ClusterView): ExposureDecision {
  return exposureOf(object, view.namespace(object.namespace), view.policies)
}

function wasWrong(
  oldObject: unknown,
  { namespace, message, view }: { namespace: string; message: string; view: ClusterView },
): boolean {
  try {
    const old = readExposable(oldObject, namespace)
    const decision = old === undefined ? undefined : decisionOn(old, view)
    return decision?.outcome === 'error' && decision.message === message
  } catch {
    return false
  }
}

/** A StatefulSet's ports may be those of a Service that is not looked at here. */
function mayBeRight({ kind, serviceName }: ExposableObject, code: string): boolean {
  return code === 'exposure/no-ports' && kind === 'StatefulSet' && serviceName !== undefined
}

function notExposed(decision: Extract<ExposureDecision, { outcome: 'none' }>): string[] {
  return decision.code === 'denied' ? [`not exposed: ${decision.reason}`] : []
}

function exposedWarnings(object: ExposableObject, exposure: Exposure, view: ClusterView): string[] {
  const { namespace } = object
  const noSite = view.hasSite(namespace) ? [] : [`no site in namespace ${namespace}: run skupper init -n ${namespace}`]
  return [...noSite, ...conflicts(object, exposure, view), ...meshWarnings(object, exposure, view)]
}

/** Several objects may share an address, as in v1; if they did not mean to, they read it here. */
function conflicts({ kind, name, namespace }: ExposableObject, exposure: Exposure, view: ClusterView): string[] {
  const { address } = exposure
  const numbers = new Set(exposure.ports.map(({ port }) => port))
  return view
    .exposedAt(namespace, address)
    .filter(({ object }) => object.kind !== kind || object.name !== name)
    .flatMap(({ object, ports }) => {
      const shared = ports.filter((port) => numbers.has(port))
      if (shared.length === 0) return []
      return [`address ${address} port ${shared.join(', ')} is also that of ${titleOf(object)}: both will serve it`]
    })
}

function meshWarnings(object: ExposableObject, { istio }: Exposure, view: ClusterView): string[] {
  const isLeftAlone = istio === 'auto' || (object.kind === 'Service' && istio !== 'none')
  if (!isLeftAlone || view.peerAuthentications === undefined) return []
  if (!isInMesh(object, view.namespace(object.namespace).labels)) return []
  if (!isStrict(object, view.peerAuthentications)) return []
  const choices = object.kind === 'Service' ? 'on its workload ' : ''
  return [
    `${titleOf(object)} is in an Istio mesh that takes mutual TLS only, so the router cannot call its pods; ` +
      `set annotation ${USER_ANNOTATIONS.istio} ${choices}to exclude-ports or no-sidecar (pods restart), or to none`,
  ]
}
