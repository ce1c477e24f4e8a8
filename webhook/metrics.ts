import { Counter, Histogram, Registry } from 'prom-client'
import type { Webhook } from './review.ts'

const BUCKETS_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1]

/** One review, as the metrics count it. */
export interface ReviewCount {
  readonly webhook: Webhook
  readonly outcome: 'admitted' | 'changed' | 'refused'
  /** A word or code of a fixed set: `exposed`, `not-asked`, `annotation/invalid` … */
  readonly reason: string
  readonly seconds: number
}

/** What is counted, in the form that Prometheus reads. */
export class WebhookMetrics {
  readonly #registry = new Registry()
  readonly #reviews = new Counter({
    name: 'skupper_webhook_reviews_total',
    help: 'Reviews answered, by webhook, outcome and the reason of the decision.',
    labelNames: ['webhook', 'outcome', 'reason'] as const,
    registers: [this.#registry],
  })
  readonly #seconds = new Histogram({
    name: 'skupper_webhook_review_seconds',
    help: 'Time from a whole request to its answer.',
    labelNames: ['webhook'] as const,
    buckets: BUCKETS_SECONDS,
    registers: [this.#registry],
  })
  readonly #rejected = new Counter({
    name: 'skupper_webhook_bad_requests_total',
    help: 'Requests that are no review, by HTTP status.',
    labelNames: ['status'] as const,
    registers: [this.#registry],
  })

  count({ webhook, outcome, reason, seconds }: ReviewCount): void {
    this.#reviews.inc({ webhook, outcome, reason })
    this.#seconds.observe({ webhook }, seconds)
  }

  countBadRequest(status: number): void {
    this.#rejected.inc({ status: String(status) })
  }

  /** All of it as text, with the media type of that text. */
  async page(): Promise<{ type: string; text: string }> {
    return { type: this.#registry.contentType, text: await this.#registry.metrics() }
  }
}
