import { describe, expect, test } from 'vitest'
import { errorCode } from '../../core/kube/errors.ts'
import type { KubeClient } from '../../core/kube/kube-client.ts'
import type { KubeObject } from '../../core/kube/kube-object.ts'
import {
  CLUSTER_ROLE_BINDING,
  CUSTOM_RESOURCE_DEFINITION,
  DEPLOYMENT,
  MODEL_TYPES,
  MUTATING_WEBHOOK,
  SECRET,
  SERVICE,
} from '../../core/kube/resource-types.ts'
import { SITE_CONTROLLER } from '../../core/kube/site-rbac.ts'
import { clusterPolicyCrd } from '../../core/kube/webhook/policy-crds.ts'
import { CLUSTER_POLICY, EXPOSURE_POLICY } from '../../core/kube/resource-types.ts'
import { POLICY_READER, WEBHOOK } from '../../core/kube/webhook/webhook-name.ts'
import { AUTHORITY_SECRET, SERVING_SECRET } from '../../webhook/serving-certificate.ts'
import { admissionWebhook } from '../support/admission-webhook.ts'
import { eventually } from '../support/eventually.ts'
import { deployment, exposurePolicy, clusterPolicy, service } from '../support/exposable.ts'
import { KUBECONFIG, namespaceClient } from '../support/kube-cluster.ts'
import { siteExposures } from '../support/site-exposures.ts'

// One file for all: the kind SkupperClusterPolicy, once installed, holds for the whole cluster.

const DEADLINE = { deadlineMs: 20_000 }

/** The object in the client's namespace. */
function inNamespace(client: KubeClient, object: { metadata: object }): KubeObject {
  const { namespace } = client
  return { ...object, metadata: { ...object.metadata, namespace } } as unknown as KubeObject
}

const messageOf = (work: Promise<unknown>) =>
  work.then(
    () => '',
    (error: unknown) => (error as Error).message,
  )

describe.skipIf(KUBECONFIG === undefined)('admission', () => {
  test('completes, refuses, and takes back', async () => {
    await admissionWebhook()
    const client = await namespaceClient()
    const expose = { 'skupper.io/expose': 'true' }
    await client.create(inNamespace(client, deployment({ annotations: expose })))
    const made = await client.get(DEPLOYMENT, 'web')
    expect(made?.metadata.annotations).toMatchObject({ 'skupper.io/proxy': 'http', 'skupper.io/port': '8080' })
    expect(made?.metadata.labels).toEqual({ 'skupper.io/exposed': 'true' })

    const wrong = inNamespace(client, deployment({ name: 'wrong', annotations: { 'skupper.io/expose': 'yes' } }))
    expect(await messageOf(client.create(wrong))).toContain('skupper.io/expose is "yes"; wanted one of true')

    await client.patch(DEPLOYMENT, { name: 'web' }, { metadata: { annotations: { 'skupper.io/expose': null } } })
    const left = (await client.get(DEPLOYMENT, 'web'))?.metadata
    const ours = Object.keys(left?.annotations ?? {}).filter((key) => key.includes('skupper'))
    expect([ours, left?.labels]).toEqual([[], undefined])
  })

  test('asks only for what concerns it', async () => {
    const { log } = await admissionWebhook()
    const client = await namespaceClient()
    const before = log.lines.length
    await client.create(inNamespace(client, service({})))
    await client.create(
      inNamespace(
        client,
        service({
          name: 'ours',
          annotations: { 'skupper.io/expose': 'true' },
          labels: { 'app.kubernetes.io/managed-by': 'skupper' },
        }),
      ),
    )
    expect(log.lines.length).toBe(before)
  })

  test('exposes by policy, as soon as there is one', async () => {
    const { admin } = await admissionWebhook()
    const client = await namespaceClient()
    const selector = { matchLabels: { 'kubernetes.io/metadata.name': client.namespace } }
    await admin.create(
      exposurePolicy(client.namespace, {
        namespaceSelector: selector,
        selector: { matchLabels: { app: 'web' } },
      }),
    )
    try {
      const labelled = inNamespace(client, service({ labels: { app: 'web' } }))
      await eventually(async () => {
        await client.delete(SERVICE, 'web')
        await client.create(labelled)
        return (await client.get(SERVICE, 'web'))?.metadata.annotations?.['skupper.io/port'] === '80:8080'
      }, DEADLINE)
      await client.create(inNamespace(client, service({ name: 'other' })))
      expect((await client.get(SERVICE, 'other'))?.metadata.annotations).toBeUndefined()
    } finally {
      await admin.delete(EXPOSURE_POLICY, client.namespace)
    }
  })

  test("follows Skupper v1's policies as they come and go", async () => {
    const { admin } = await admissionWebhook()
    const client = await namespaceClient()
    const isInjected = async () => {
      await client.delete(DEPLOYMENT, 'web')
      await client.create(inNamespace(client, deployment({ annotations: { 'skupper.io/proxy': 'http' } })))
      return (await client.get(DEPLOYMENT, 'web'))?.metadata.labels?.['skupper.io/exposed'] === 'true'
    }
    expect(await isInjected()).toBe(true)
    await admin.apply(clusterPolicyCrd())
    try {
      await eventually(async () => !(await isInjected()), DEADLINE)
      const allowing = clusterPolicy('all', {
        namespaces: [client.namespace],
        allowedExposedResources: ['*'],
        allowedServices: ['*'],
      })
      await eventually(() => admin.create(allowing as unknown as KubeObject), DEADLINE)
      await eventually(isInjected, DEADLINE)
      await admin.delete(CLUSTER_POLICY, 'all')
      await eventually(async () => !(await isInjected()), DEADLINE)
    } finally {
      await admin.delete(CUSTOM_RESOURCE_DEFINITION, clusterPolicyCrd().metadata.name)
    }
    await eventually(isInjected, DEADLINE)
  })

  test('lets exactly the site controllers read policies', async () => {
    const { admin } = await admissionWebhook()
    const client = await namespaceClient()
    await client.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: SITE_CONTROLLER } })
    const isBound = async () => {
      const subjects = (await admin.get(CLUSTER_ROLE_BINDING, POLICY_READER))?.subjects ?? []
      return subjects.some(({ namespace }) => namespace === client.namespace)
    }
    await eventually(isBound, DEADLINE)
    await client.delete(
      { apiVersion: 'v1', kind: 'ServiceAccount', plural: 'serviceaccounts', namespaced: true },
      SITE_CONTROLLER,
    )
    await eventually(async () => !(await isBound()), DEADLINE)
  })

  test('serves on after its Secrets were deleted, with a new authority that is trusted', async () => {
    const { admin, namespace } = await admissionWebhook()
    const client = await namespaceClient()
    const bundleOf = async () => (await admin.get(MUTATING_WEBHOOK, WEBHOOK))?.webhooks?.[0]?.clientConfig.caBundle
    const before = await bundleOf()
    for (const name of [AUTHORITY_SECRET, SERVING_SECRET]) await admin.delete(SECRET, name, { namespace })
    await eventually(async () => (await bundleOf()) !== before, DEADLINE)
    for (let i = 0; i < 20; i++) {
      const name = `web${String(i)}`
      await client.create(inNamespace(client, deployment({ name, annotations: { 'skupper.io/expose': 'true' } })))
      expect((await client.get(DEPLOYMENT, name))?.metadata.labels).toHaveProperty('skupper.io/exposed')
    }
  })

  test('holds up nobody: every object is admitted while the webhook goes', async () => {
    const { program } = await admissionWebhook()
    const client = await namespaceClient()
    const made = Array.from({ length: 100 }, (_, i) => {
      const annotations = { 'skupper.io/expose': 'true' }
      return client.create(inNamespace(client, deployment({ name: `web${String(i)}`, annotations })))
    })
    await made[0]
    await program.close(0)
    const results = await Promise.allSettled(made)
    expect(
      results
        .filter(({ status }) => status === 'rejected')
        .map((failed) => errorCode((failed as PromiseRejectedResult).reason)),
    ).toEqual([])
    expect(await client.list(DEPLOYMENT)).toHaveLength(100)
  })
})

describe.skipIf(KUBECONFIG === undefined)('annotated objects', () => {
  const expose = { 'skupper.io/expose': 'true' }
  const BOTH = 'Connector web-8080-deployment-web, Listener web-8080'

  test('are exposed without a webhook, changed, and withdrawn', async () => {
    const { client, running, keys } = await siteExposures()
    await client.create(inNamespace(client, deployment({ annotations: expose })))
    await eventually(async () => (await keys()) === BOTH, DEADLINE)
    const annotate = (annotations: object) => client.patch(DEPLOYMENT, { name: 'web' }, { metadata: { annotations } })
    await annotate({ 'skupper.io/port': '80:8080' })
    await eventually(async () => (await keys()) === 'Connector web-80-deployment-web, Listener web-80', DEADLINE)
    await annotate({ 'skupper.io/port': 'eighty' })
    await eventually(() => running.problems.some(({ message }) => message.includes('"eighty"')), DEADLINE)
    await annotate({ 'skupper.io/port': null, 'skupper.io/expose': null })
    await eventually(async () => (await keys()) === '', DEADLINE)
    await eventually(() => running.problems.length === 0, DEADLINE)
  })

  test('as Skupper v1 has them are exposed, and a deleted Listener comes back', async () => {
    const { client, keys } = await siteExposures()
    const annotations = { 'skupper.io/proxy': 'http', 'skupper.io/address': 'api' }
    await client.create(inNamespace(client, service({ annotations })))
    const both = 'Connector api-80-service-web, Listener api-80'
    await eventually(async () => (await keys()) === both, DEADLINE)
    await client.delete(MODEL_TYPES.Listener, 'api-80')
    await eventually(async () => (await keys()) === both, DEADLINE)
  })

  test("are withdrawn while Skupper v1's policies cannot be read, and come back", async () => {
    const { admin, client, running, keys } = await siteExposures()
    await client.create(inNamespace(client, deployment({ annotations: expose })))
    await eventually(async () => (await keys()) === BOTH, DEADLINE)
    await admin.apply(clusterPolicyCrd())
    try {
      await eventually(async () => (await keys()) === '', DEADLINE)
      expect(running.problems.map(({ message }) => message).join()).toContain('skupperclusterpolicies')
    } finally {
      await admin.delete(CUSTOM_RESOURCE_DEFINITION, clusterPolicyCrd().metadata.name)
    }
    await eventually(async () => (await keys()) === BOTH, DEADLINE)
  })
})
