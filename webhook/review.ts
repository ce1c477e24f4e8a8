import type { ExposureDecision } from '../core/model/exposure/exposure.ts'
import { messageOf, SkupperError } from '../core/model/error.ts'
import type { AdmissionRequest, Verdict } from './admission-review.ts'
import type { ClusterView } from './cluster-view.ts'
import { mutationOf } from './mutate.ts'
import { validationOf } from './validate.ts'
import { isSkupperResource, resourceValidationOf } from './validate-resource.ts'

/** Which of the two webhooks is asked. */
export type Webhook = 'mutate' | 'validate'

/** The verdict with what the audit log and the metrics say of it. */
export interface Review {
  readonly verdict: Verdict
  /** One word or code: `exposed`, `not-asked`, `annotation/invalid` … */
  readonly reason: string
  readonly detail: string
}

const ADMITTED: Verdict = { warnings: [], patch: [] }

/**
 * The answer to a request, from what is known of the cluster. Pure. Deletions and kinds that are none of ours are
 * admitted; an object that cannot be read is too, with a warning: the API server has taken it.
 */
export function reviewOf(webhook: Webhook, request: AdmissionRequest, view: ClusterView): Review {
  const { operation, object } = request
  if (operation === 'DELETE' || operation === 'CONNECT')
    return { verdict: ADMITTED, reason: 'operation', detail: operation }
  try {
    if (isSkupperResource(object)) return resourceReview(webhook, request, view)
    return webhook === 'mutate' ? mutationReview(request, view) : validationReview(request, view)
  } catch (error) {
    if (!(error instanceof SkupperError)) throw error
    return { verdict: { ...ADMITTED, warnings: [messageOf(error)] }, reason: error.code, detail: error.message }
  }
}

function mutationReview({ object, namespace = '' }: AdmissionRequest, view: ClusterView): Review {
  const { patch, warnings, decision } = mutationOf(object, namespace, view)
  return { verdict: { patch, warnings }, ...wordsFor(decision) }
}

function validationReview(request: AdmissionRequest, view: ClusterView): Review {
  const { object, oldObject, namespace = '' } = request
  const { refusal, warnings, decision } = validationOf({ object, oldObject, namespace }, view)
  return { verdict: { refusal, warnings, patch: [] }, ...wordsFor(decision) }
}

function resourceReview(webhook: Webhook, request: AdmissionRequest, view: ClusterView): Review {
  const { object, oldObject, namespace } = request
  if (webhook === 'mutate') return { verdict: ADMITTED, reason: 'resource', detail: '' }
  const isTheirs = namespace !== undefined && !view.hasController(namespace)
  if (isTheirs) return { verdict: ADMITTED, reason: 'other-controller', detail: '' }
  const { refusal, warnings } = resourceValidationOf({ object, oldObject, namespace }, view)
  const reason = refusal === undefined ? 'resource' : 'resource/invalid'
  return { verdict: { refusal, warnings, patch: [] }, reason, detail: refusal ?? '' }
}

function wordsFor(decision: ExposureDecision | undefined): { reason: string; detail: string } {
  if (decision === undefined) return { reason: 'other-kind', detail: '' }
  switch (decision.outcome) {
    case 'exposed': {
      const { address, ports, askedBy } = decision.exposure
      const words = ports.map(({ port, protocol, deduced }) => {
        return `${address}:${String(port)} ${protocol}${deduced === undefined ? '' : ` (deduced: ${deduced})`}`
      })
      return { reason: 'exposed', detail: `${askedBy}: ${words.join(', ')}` }
    }
    case 'none':
      return { reason: decision.code, detail: decision.reason }
    case 'error':
      return { reason: decision.code, detail: decision.message }
  }
}
