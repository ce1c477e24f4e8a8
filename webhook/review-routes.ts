import express, { type Express, type RequestHandler, type Response } from 'express'
import { messageOf, SkupperError } from '../core/model/error.ts'
import { answerTo, readReview, type AdmissionRequest } from './admission-review.ts'
import type { ClusterView } from './cluster-view.ts'
import type { Log } from './log.ts'
import type { WebhookMetrics } from './metrics.ts'
import { reviewOf, type Review, type Webhook } from './review.ts'

/** An API server takes objects up to 3 MiB; an update carries two. */
export const MAX_BODY_BYTES = 8 * 1024 * 1024
const BAD_REQUEST = 400
const NOT_FOUND = 404
const UNSUPPORTED_MEDIA_TYPE = 415
const INTERNAL_ERROR = 500
/** Reasons that say only that nothing was to be done: they fill no log. */
const SILENT: ReadonlySet<string> = new Set(['not-asked', 'ours', 'other-kind', 'other-controller', 'operation'])

export interface ReviewParts {
  readonly view: () => ClusterView
  readonly log: Log
  readonly metrics: WebhookMetrics
  /** Milliseconds that never go back. */
  readonly now: () => number
}

/** What answers `POST /mutate` and `POST /validate`; anything else is an error with a sentence. */
export function reviewRoutes(parts: ReviewParts): Express {
  const app = express()
  app.disable('x-powered-by').disable('etag')
  for (const webhook of ['mutate', 'validate'] as const) app.post(`/${webhook}`, onlyJson, reviewer(webhook, parts))
  return app.use((_request, response) => {
    response.status(NOT_FOUND).json({ message: 'wanted POST /mutate or POST /validate' })
  })
}

const onlyJson: RequestHandler = (request, response, next) => {
  if (request.is('application/json') === 'application/json') {
    next()
    return
  }
  const given = request.headers['content-type'] ?? 'none'
  const message = `content-type is ${given.slice(0, 100)}; wanted application/json`
  response.status(UNSUPPORTED_MEDIA_TYPE).json({ message })
}

function reviewer(webhook: Webhook, parts: ReviewParts): RequestHandler {
  const readBody: RequestHandler = express.json({ limit: MAX_BODY_BYTES, type: 'application/json' })
  return (request, response) => {
    void readBody(request, response, (fault: unknown) => {
      try {
        if (fault !== undefined) throw asError(fault)
        response.json(answer(webhook, request.body, parts))
      } catch (error) {
        answerFault(response, error, parts)
      }
    })
  }
}

function answer(webhook: Webhook, body: unknown, { view, log, metrics, now }: ReviewParts): object {
  const before = now()
  const review = readReview(body)
  const result = reviewOf(webhook, review, view())
  metrics.count({ webhook, outcome: outcomeOf(result), reason: result.reason, seconds: (now() - before) / 1000 })
  if (!SILENT.has(result.reason) || result.verdict.patch.length > 0) audit(log, { webhook, review, result })
  return answerTo(review, result.verdict)
}

/** Who did what to which object, and what the webhook made of it. Values are not in it: they are in the object. */
function audit(
  log: Log,
  { webhook, review, result }: { webhook: Webhook; review: AdmissionRequest; result: Review },
): void {
  const { uid, operation, kind, namespace, name, userInfo } = review
  const { verdict, reason, detail } = result
  const facts = {
    ...{ audit: webhook, uid, operation, kind: kind.kind, namespace, name, user: userInfo?.username },
    ...{ outcome: outcomeOf(result), reason, detail, warnings: verdict.warnings.length },
    changed: verdict.patch.map(({ op, path }) => `${op} ${path}`),
  }
  log.info(facts, 'review')
}

function outcomeOf({ verdict }: Review): 'admitted' | 'changed' | 'refused' {
  if (verdict.refusal !== undefined) return 'refused'
  return verdict.patch.length > 0 ? 'changed' : 'admitted'
}

/** A body that is no review gets a sentence; what is our own fault is logged, and the API server goes on without us. */
function answerFault(response: Response, error: unknown, { log, metrics }: ReviewParts): void {
  const status = statusOf(error)
  if (status === INTERNAL_ERROR) log.error({ err: error }, 'a review failed')
  metrics.countBadRequest(status)
  response.status(status).json({ message: status === INTERNAL_ERROR ? 'the review failed' : messageOf(error) })
}

function statusOf(error: unknown): number {
  if (error instanceof SkupperError && error.code === 'review/malformed') return BAD_REQUEST
  // What express's body parser throws carries the status of the fault.
  const status = error instanceof Error && 'status' in error ? error.status : undefined
  return typeof status === 'number' && status >= BAD_REQUEST && status < INTERNAL_ERROR ? status : INTERNAL_ERROR
}

function asError(fault: unknown): Error {
  return fault instanceof Error ? fault : new Error(String(fault))
}
