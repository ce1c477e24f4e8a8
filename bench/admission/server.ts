import express from 'express'
import { createServer } from 'node:https'
import { parseArgs } from 'node:util'
import { createAuthority, readAuthority } from '../../core/pki/authority.ts'
import { issueCredentials } from '../../core/pki/issue.ts'
import { MAX_BODY_BYTES } from '../../webhook/json-body.ts'
import { openLog } from '../../webhook/log.ts'
import { reviewRoutes } from '../../webhook/review-routes.ts'
import { WebhookMetrics } from '../../webhook/metrics.ts'
import type { ExposurePolicy } from '../../core/model/policy/exposure-policy.ts'

// One server of a run: our webhook with policies that match nothing, or one that allows everything. Both are express
// over node:https in a process of their own.

const { values } = parseArgs({
  options: {
    peer: { type: 'string', default: 'ours' },
    policies: { type: 'string', default: '0' },
    port: { type: 'string' },
  },
})
const now = Date.now()
const issuer = readAuthority(await createAuthority({ commonName: 'bench', now }), now)
const { certificate, key } = await issueCredentials(issuer, { commonName: 'bench', hosts: ['127.0.0.1'], now })
const app = values.peer === 'echo' ? echo() : ours(Number(values.policies))
createServer({ cert: certificate, key }, app).listen(Number(values.port), '127.0.0.1')

function echo() {
  const app = express().disable('x-powered-by').disable('etag')
  app.post('/mutate', express.json({ limit: MAX_BODY_BYTES }), (request, response) => {
    const { apiVersion, kind, request: asked } = request.body as Record<string, unknown> & { request: { uid: string } }
    response.json({ apiVersion, kind, response: { uid: asked.uid, allowed: true } })
  })
  return app
}

function ours(count: number) {
  const exposure = Array.from({ length: count }, (_, i) => policy(i))
  const view = {
    policies: { exposure, cluster: { state: 'absent' } },
    namespace: (name: string) => ({ name, labels: { team: 'shop' } }),
    hasSite: () => true,
    hasController: () => true,
    exposedAt: () => [],
    peerAuthentications: undefined,
  } as const
  const log = openLog({ level: 'info', destination: '/dev/null' })
  return reviewRoutes({ view: () => view, metrics: new WebhookMetrics(), log, now: () => performance.now() })
}

function policy(i: number): ExposurePolicy {
  const spec = { namespaceSelector: { matchLabels: { team: `other-${String(i)}` } }, kinds: ['Deployment' as const] }
  return { apiVersion: 'skupper.io/v2alpha1', kind: 'ExposurePolicy', metadata: { name: `p${String(i)}` }, spec }
}
