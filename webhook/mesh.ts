import { z } from 'zod'
import { ISTIO_INJECT } from '../core/model/annotation-names.ts'
import type { ExposableObject } from '../core/model/exposure/exposable-object.ts'
import type { Labels } from '../core/model/labels.ts'
import { selects } from '../core/model/policy/label-selector.ts'

/** Where Istio keeps what holds for all namespaces. */
const ROOT_NAMESPACE = 'istio-system'
const AMBIENT_LABEL = 'istio.io/dataplane-mode'
const REVISION_LABEL = 'istio.io/rev'
const INJECTION_LABEL = 'istio-injection'

/** Istio's PeerAuthentication, as far as it says whether plain connections are taken. */
export const peerAuthenticationSchema = z.object({
  metadata: z.object({ name: z.string(), namespace: z.string() }),
  spec: z
    .object({
      selector: z.object({ matchLabels: z.record(z.string(), z.string()).optional() }).optional(),
      mtls: z.object({ mode: z.string().optional() }).optional(),
    })
    .optional(),
})

export type PeerAuthentication = z.infer<typeof peerAuthenticationSchema>

/** Whether the pods of an object belong to an Istio mesh, by the labels of the namespace and the pod template. */
export function isInMesh({ podLabels, podAnnotations }: ExposableObject, namespaceLabels: Labels): boolean {
  const own = podLabels[ISTIO_INJECT] ?? podAnnotations[ISTIO_INJECT]
  const ambient = podLabels[AMBIENT_LABEL] ?? namespaceLabels[AMBIENT_LABEL]
  if (ambient === 'ambient' && own !== 'true') return true
  if (own !== undefined) return own === 'true'
  if (namespaceLabels[INJECTION_LABEL] !== undefined) return namespaceLabels[INJECTION_LABEL] === 'enabled'
  return REVISION_LABEL in podLabels || REVISION_LABEL in namespaceLabels
}

/** Whether pods take mutual TLS only: the rule nearest to the pods that says anything, as Istio has it. */
export function isStrict(
  { namespace, podLabels }: ExposableObject,
  authentications: readonly PeerAuthentication[],
): boolean {
  const ranked = authentications
    .map((authentication) => ({ authentication, rank: rankOf(authentication, namespace, podLabels) }))
    .filter(({ rank, authentication }) => rank > 0 && modeOf(authentication) !== 'UNSET')
    .sort((a, b) => b.rank - a.rank)
  const nearest = ranked[0]
  return nearest !== undefined && modeOf(nearest.authentication) === 'STRICT'
}

/** 3 for the pods themselves, 2 for their namespace, 1 for all namespaces, 0 for others. */
function rankOf({ metadata, spec }: PeerAuthentication, namespace: string, podLabels: Labels): number {
  const { matchLabels } = spec?.selector ?? {}
  if (metadata.namespace === namespace) {
    if (matchLabels === undefined) return 2
    return selects({ matchLabels }, podLabels) ? 3 : 0
  }
  return metadata.namespace === ROOT_NAMESPACE && matchLabels === undefined ? 1 : 0
}

function modeOf({ spec }: PeerAuthentication): string {
  return spec?.mtls?.mode ?? 'UNSET'
}
