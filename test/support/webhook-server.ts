import { request, type Agent } from 'node:https'
import { onTestFinished } from 'vitest'
import { createAuthority, readAuthority } from '../../core/pki/authority.ts'
import { issueCredentials } from '../../core/pki/issue.ts'
import type { ClusterView } from '../../webhook/cluster-view.ts'
import { WebhookMetrics } from '../../webhook/metrics.ts'
import { WebhookServer } from '../../webhook/server.ts'
import { clusterView } from './cluster-view.ts'
import { RecordedLog } from './recorded-log.ts'

/** A webhook server on loopback with a certificate of its own. */
export async function webhookServer(view: () => ClusterView = () => clusterView()) {
  const now = Date.now()
  const issuer = readAuthority(await createAuthority({ commonName: 'test-ca', now }), now)
  const newCertificate = () => issueCredentials(issuer, { commonName: 'webhook', hosts: ['127.0.0.1'], now })
  const log = new RecordedLog()
  const metrics = new WebhookMetrics()
  const parts = { view, log, metrics, now: () => performance.now() }
  const server = await WebhookServer.open({ host: '127.0.0.1', port: 0, certificate: await newCertificate(), ...parts })
  onTestFinished(() => server.close(0))
  return { server, log, metrics, newCertificate, ca: issuer.trust }
}

export interface Posted {
  readonly path?: string
  readonly body: string | Buffer
  readonly contentType?: string
  readonly method?: string
  readonly agent?: Agent
}

export interface Answered {
  readonly status: number
  readonly body: string
  readonly certificate: string
}

/** Sends one request, as an API server does. */
export function post({ port, ca }: { port: number; ca: string }, posted: Posted): Promise<Answered> {
  const { path = '/mutate', body, contentType = 'application/json', method = 'POST', agent } = posted
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': contentType, 'content-length': Buffer.byteLength(body) }
    const call = request({ host: '127.0.0.1', port, ca, path, method, headers, agent }, (response) => {
      const chunks: Buffer[] = []
      const socket = response.socket as unknown as {
        getPeerX509Certificate?: () => { fingerprint256: string } | undefined
      }
      const certificate = socket.getPeerX509Certificate?.()?.fingerprint256 ?? ''
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString(), certificate })
      })
    })
    call.on('error', reject)
    call.end(body)
  })
}
