import { z } from 'zod'
import { SkupperError } from '../core/model/error.ts'
import { explain } from '../core/model/schema-issue.ts'
import type { PatchStep } from './object-patch.ts'

const API_VERSION = 'admission.k8s.io/v1'

/** What an API server asks, as far as it matters here (admission.k8s.io/v1, AdmissionReview). */
const reviewSchema = z.object({
  apiVersion: z.literal(API_VERSION, { error: API_VERSION }),
  kind: z.literal('AdmissionReview', { error: 'AdmissionReview' }),
  request: z.object({
    uid: z.string().min(1, { error: 'text that is not empty' }),
    kind: z.object({ group: z.string(), version: z.string(), kind: z.string() }),
    operation: z.enum(['CREATE', 'UPDATE', 'DELETE', 'CONNECT']),
    name: z.string().optional(),
    namespace: z.string().optional(),
    userInfo: z.object({ username: z.string().optional() }).optional(),
    object: z.unknown().optional(),
    oldObject: z.unknown().optional(),
  }),
})

export type AdmissionRequest = z.infer<typeof reviewSchema>['request']

/** What is answered. `refusal` is the message for whoever applied the object. */
export interface Verdict {
  readonly refusal?: string | undefined
  readonly warnings: readonly string[]
  readonly patch: readonly PatchStep[]
}

/** API servers cut a longer one off, and all of them beyond 4,096 characters. */
const MAX_WARNING = 256
const MAX_WARNINGS = 16
/** HTTP's 422: what Kubernetes says of an object that is not valid. */
const UNPROCESSABLE = 422

/** The request in an AdmissionReview. Throws `review/malformed`, naming the field. */
export function readReview(value: unknown): AdmissionRequest {
  const result = reviewSchema.safeParse(value)
  if (result.success) return result.data.request
  const { path, fault, wanted } = explain(result.error, value)
  throw new SkupperError('review/malformed', `${path.join('.') || 'the body'} ${fault}; wanted ${wanted}`, { wanted })
}

/** The AdmissionReview that answers a request. */
export function answerTo({ uid }: AdmissionRequest, { refusal, warnings, patch }: Verdict): object {
  const told = warnings.slice(0, MAX_WARNINGS).map(shortened)
  return {
    apiVersion: API_VERSION,
    kind: 'AdmissionReview',
    response: {
      uid,
      allowed: refusal === undefined,
      ...(refusal === undefined ? {} : { status: { code: UNPROCESSABLE, reason: 'Invalid', message: refusal } }),
      ...(told.length === 0 ? {} : { warnings: told }),
      ...(patch.length === 0 ? {} : { patchType: 'JSONPatch', patch: encoded(patch) }),
    },
  }
}

function shortened(warning: string): string {
  return warning.length <= MAX_WARNING ? warning : `${warning.slice(0, MAX_WARNING - 1)}…`
}

function encoded(patch: readonly PatchStep[]): string {
  return Buffer.from(JSON.stringify(patch)).toString('base64')
}
