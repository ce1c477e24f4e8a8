import { randomBytes } from 'node:crypto'
import { onTestFinished } from 'vitest'
import type { KubeClient } from '../../core/kube/kube-client.ts'
import { MUTATING_WEBHOOK, NAMESPACE, SERVICE, VALIDATING_WEBHOOK } from '../../core/kube/resource-types.ts'
import { WEBHOOK } from '../../core/kube/webhook/webhook-name.ts'
import { webhookObjects } from '../../core/kube/webhook/webhook-objects.ts'
import { WebhookProgram } from '../../webhook/program.ts'
import { clusterClient } from './kube-cluster.ts'
import { eventually } from './eventually.ts'
import { RecordedLog } from './recorded-log.ts'
import { unusedPort } from './unused-port.ts'

/** The webhook on this host, installed into the cluster under test and acting as its own service account there. */
export async function admissionWebhook(): Promise<{
  admin: KubeClient
  log: RecordedLog
  program: WebhookProgram
  namespace: string
}> {
  const namespace = `w-${randomBytes(4).toString('hex')}`
  const admin = await clusterClient({ fieldManager: 'skupper' })
  const port = await unusedPort()
  const url = `https://127.0.0.1:${String(port)}`
  for (const object of webhookObjects({ namespace, image: 'none', replicas: 1, certManager: false, url })) {
    await admin.apply(object)
  }
  onTestFinished(async () => {
    for (const type of [MUTATING_WEBHOOK, VALIDATING_WEBHOOK]) await admin.delete(type, WEBHOOK)
    await admin.delete(NAMESPACE, namespace)
  })
  const as = `system:serviceaccount:${namespace}:${WEBHOOK}`
  const client = await clusterClient({ namespace, fieldManager: WEBHOOK, as })
  const log = new RecordedLog()
  const program = new WebhookProgram({
    ...{ client, url, port, log, host: '127.0.0.1', healthPort: 0, hosts: ['127.0.0.1'] },
    ...{ random: Math.random, wall: Date.now },
  })
  await program.start()
  onTestFinished(() => program.close(0))
  await eventually(() => isAsked(admin, log), { deadlineMs: 30_000 })
  return { admin, log, program, namespace }
}

/** API servers take up a configuration some time after it was written. */
async function isAsked(admin: KubeClient, log: RecordedLog): Promise<boolean> {
  const metadata = { name: 'probe', namespace: 'default', annotations: { 'skupper.io/expose': 'tcp' } }
  const object = { apiVersion: 'v1', kind: 'Service', metadata, spec: { ports: [{ port: 1 }] } }
  await admin.apply(object)
  await admin.delete(SERVICE, 'probe', {
    namespace: 'default',
  })
  const asked = log.lines.filter(({ message }) => message === 'review').map(({ facts }) => facts['audit'])
  return asked.includes('mutate') && asked.includes('validate')
}
