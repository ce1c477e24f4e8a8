import express, { type Express, type RequestHandler, type Response } from 'express'
import { messageOf, SkupperError } from '../core/model/error.ts'
import { answerTo, readReview, type AdmissionRequest } from './admission-review.ts'
import type { ClusterView } from './cluster-view.ts'
import { readJsonBody } from './json-body.ts'
import type { Log } from './log.ts'
import type { WebhookMetrics } from './metrics.ts'
import { reviewOf, type Review, type Webhook } from './review.ts'

const JSON_TYPE = 'application/json'
const OK = 200
const BAD_REQUEST = 400
const NOT_FOUND = 404
const TOO_LARGE = 413
const UNSUPPORTED_MEDIA_TYPE = 415
const INTERNAL_ERROR = 500
/** What a request is told whose body is no review, by the code of its fault. */
const STATUS: Readonly<Record<string, number>> = {
  'review/malformed': BAD_REQUEST,
  'body/malformed': BAD_REQUEST,
  'body/too-large': TOO_LARGE,
  'body/encoded': UNSUPPORTED_MEDIA_TYPE,
}
/** Reasons that say only that nothing was to be done: they fill no log. */
const SILENT: ReadonlySet<string> = new Set(['not-asked', 'ours', 'other-kind', 'other-controller', 'operation'])

export interface ReviewParts {
  readonly view: () => ClusterView
  readonly log: Log
  readonly metrics: WebhookMetrics
  /** Milliseconds that never go back. */
  readonly now: () => number
}

interface Reviewing {
  readonly webhook: Webhook
  readonly response: Response
  readonly parts: ReviewParts
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
  const given = request.headers['content-type'] ?? 'none'
  if (given === JSON_TYPE || request.is(JSON_TYPE) === JSON_TYPE) {
    next()
    return
  }
  const message = `content-type is ${given.slice(0, 100)}; wanted ${JSON_TYPE}`
  response.status(UNSUPPORTED_MEDIA_TYPE).json({ message })
}

function reviewer(webhook: Webhook, parts: ReviewParts): RequestHandler {
  return (request, response) => {
    const onFault = (fault: unknown) => {
      answerFault(response, fault, parts)
    }
    const onBody = (body: unknown) => {
      try {
        answer({ webhook, response, parts }, body)
      } catch (error) {
        onFault(error)
      }
    }
    readJsonBody(request, { onBody, onFault })
  }
}

/** The API server waits for the answer and for nothing else: it leaves before the review is counted and logged. */
function answer({ webhook, response, parts }: Reviewing, body: unknown): void {
  const { view, log, metrics, now } = parts
  const before = now()
  const review = readReview(body)
  const result = reviewOf(webhook, review, view())
  send(response, answerTo(review, result.verdict))
  metrics.count({ webhook, outcome: outcomeOf(result), reason: result.reason, seconds: (now() - before) / 1000 })
  if (!SILENT.has(result.reason) || result.verdict.patch.length > 0) audit(log, { webhook, review, result })
}

/** Express's own `json` looks the media type up anew for each answer. */
function send(response: Response, answer: object): void {
  const body = Buffer.from(JSON.stringify(answer))
  response.writeHead(OK, { 'content-type': 'application/json; charset=utf-8', 'content-length': body.length }).end(body)
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
function answerFault(response: Response, fault: unknown, { log, metrics }: ReviewParts): void {
  const status = (fault instanceof SkupperError ? STATUS[fault.code] : undefined) ?? INTERNAL_ERROR
  if (status === INTERNAL_ERROR) log.error({ err: fault }, 'a review failed')
  // What fails after the answer, fails for us alone.
  if (response.headersSent) return
  metrics.countBadRequest(status)
  response.status(status).json({ message: status === INTERNAL_ERROR ? 'the review failed' : messageOf(fault) })
}
