import { isOurs, readExposable } from '../core/model/exposure/exposable-object.ts'
import { exposureOf } from '../core/model/exposure/exposure-of.ts'
import type { ExposureDecision } from '../core/model/exposure/exposure.ts'
import { INJECTED_ANNOTATION, ISTIO_EXCLUDED_PORTS, ISTIO_INJECT } from '../core/model/annotation-names.ts'
import { NOTHING_INJECTED, parseInjected, type Injected } from '../core/model/exposure/injected.ts'
import type { ClusterView } from './cluster-view.ts'
import { injectionFor } from './injection.ts'
import { withInjected, withoutInjected } from './object-keys.ts'
import { patchFor, type PatchStep } from './object-patch.ts'

/** What the webhook changes in an object, and why. */
export interface Mutation {
  readonly patch: readonly PatchStep[]
  readonly warnings: readonly string[]
  /** Undefined for an object that can never be exposed. */
  readonly decision: ExposureDecision | undefined
}

/** The mutation of an object that is admitted into a namespace. Pure; never refuses. */
export function mutationOf(object: unknown, namespace: string, view: ClusterView): Mutation {
  const given = readExposable(object, namespace)
  if (given === undefined) return { patch: [], warnings: [], decision: undefined }
  const decision = exposureOf(given, view.namespace(given.namespace), view.policies)
  // What is wrong is left as it is: the validation says so, and the controller too.
  if (decision.outcome === 'error') return { patch: [], warnings: [], decision }
  if (isOurs(given)) return { patch: [], warnings: [], decision }
  const before = parseInjected(given.annotations[INJECTED_ANNOTATION])
  const user = withoutInjected(given, before)
  const injected = decision.outcome === 'exposed' ? injectionFor(user, decision.exposure) : NOTHING_INJECTED
  return {
    patch: patchFor(object, withInjected(user, injected)),
    warnings: restartWarnings(before, injected),
    decision,
  }
}

/** A change of the pod template makes new pods. */
function restartWarnings(before: Injected, after: Injected): string[] {
  const warnings: string[] = []
  const ports = after.podAnnotations[ISTIO_EXCLUDED_PORTS]
  if (ports !== before.podAnnotations[ISTIO_EXCLUDED_PORTS]) {
    warnings.push(
      ports === undefined
        ? 'pods restart: their sidecar takes the exposed ports again'
        : `pods restart: their sidecar leaves port ${ports} alone; callers in the mesh need a DestinationRule with tls.mode DISABLE for it`,
    )
  }
  const sidecar = after.podLabels[ISTIO_INJECT]
  if (sidecar !== before.podLabels[ISTIO_INJECT]) {
    warnings.push(`pods restart: they are given ${sidecar === undefined ? 'a sidecar again' : 'no sidecar any more'}`)
  }
  return warnings
}
