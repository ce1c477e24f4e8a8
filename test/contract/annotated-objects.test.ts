import { describe, expect, onTestFinished, test } from 'vitest'
import { SiteExposures } from '../../controller/exposure/site-exposures.ts'
import type { KubeClient } from '../../core/kube/kube-client.ts'
import type { KubeObject } from '../../core/kube/kube-object.ts'
import { CUSTOM_RESOURCE_DEFINITION, DEPLOYMENT, MODEL_TYPES } from '../../core/kube/resource-types.ts'
import { SITE_CONTROLLER, SITE_RULES } from '../../core/kube/site-rbac.ts'
import { clusterPolicyCrd } from '../../core/kube/webhook/policy-crds.ts'
import { crds } from '../../core/kube/crds.ts'
import { eventually } from '../support/eventually.ts'
import { deployment, service } from '../support/exposable.ts'
import { clusterClient, KUBECONFIG, namespaceClient } from '../support/kube-cluster.ts'
import { RecordedLog } from '../support/recorded-log.ts'

const DEADLINE = { deadlineMs: 20_000 }
const RBAC = 'rbac.authorization.k8s.io'

function inNamespace({ namespace }: KubeClient, object: { metadata: object }): KubeObject {
  return { ...object, metadata: { ...object.metadata, namespace } } as unknown as KubeObject
}

/** The controller's part that exposes objects, with the rights that `init` gives it, in a namespace with a Site. */
async function exposures() {
  const admin = await clusterClient()
  for (const crd of crds()) await admin.apply(crd)
  const client = await namespaceClient()
  const { namespace } = client
  const metadata = { name: SITE_CONTROLLER, namespace }
  const roleRef = { apiGroup: RBAC, kind: 'Role', name: SITE_CONTROLLER }
  const subjects = [{ kind: 'ServiceAccount', ...metadata }]
  await client.apply({ apiVersion: `${RBAC}/v1`, kind: 'Role', metadata, rules: SITE_RULES })
  await client.apply({ apiVersion: `${RBAC}/v1`, kind: 'RoleBinding', metadata, roleRef, subjects })
  const site = { apiVersion: 'skupper.io/v2alpha1', kind: 'Site', metadata: { name: 'here', namespace }, spec: {} }
  await eventually(() => admin.create(site), DEADLINE)
  const as = `system:serviceaccount:${namespace}:${SITE_CONTROLLER}`
  const own = await clusterClient({ namespace, as, fieldManager: SITE_CONTROLLER })
  const running = new SiteExposures({
    client: own,
    log: new RecordedLog(),
    random: Math.random,
    onChange: () => undefined,
  })
  onTestFinished(() => running.close())
  await running.start()
  const keys = async () => {
    const listeners = await client.list(MODEL_TYPES.Listener)
    const connectors = await client.list(MODEL_TYPES.Connector)
    const told = ({ kind, metadata: { name } }: KubeObject) => `${kind} ${name}`
    return [...listeners, ...connectors].map(told).sort()
  }
  return { admin, client, running, keys }
}

describe.skipIf(KUBECONFIG === undefined)('annotated objects', () => {
  test('are exposed without a webhook, changed, and withdrawn', async () => {
    const { client, running, keys } = await exposures()
    await client.create(inNamespace(client, deployment({ annotations: { 'skupper.io/expose': 'true' } })))
    const both = ['Connector web-8080-deployment-web', 'Listener web-8080']
    await eventually(async () => {
      expect(await keys()).toEqual(both)
    }, DEADLINE)
    const annotate = (annotations: object) => client.patch(DEPLOYMENT, { name: 'web' }, { metadata: { annotations } })
    await annotate({ 'skupper.io/port': '80:8080' })
    await eventually(async () => {
      expect(await keys()).toContain('Listener web-80')
    }, DEADLINE)
    await annotate({ 'skupper.io/port': 'eighty' })
    await eventually(() => {
      expect(running.problems.map(({ message }) => message)).toEqual([expect.stringContaining('"eighty"')])
    }, DEADLINE)
    await annotate({ 'skupper.io/port': null, 'skupper.io/expose': null })
    await eventually(async () => {
      expect(await keys()).toEqual([])
    }, DEADLINE)
    expect(running.problems).toEqual([])
  })

  test('that Skupper v1 would expose are exposed, and a deleted Listener comes back', async () => {
    const { client, keys } = await exposures()
    await client.create(
      inNamespace(client, service({ annotations: { 'skupper.io/proxy': 'http', 'skupper.io/address': 'api' } })),
    )
    await eventually(async () => {
      expect(await keys()).toEqual(['Connector api-80-service-web', 'Listener api-80'])
    }, DEADLINE)
    await client.delete(MODEL_TYPES.Listener, 'api-80')
    await eventually(async () => {
      expect(await keys()).toHaveLength(2)
    }, DEADLINE)
  })

  test('are withdrawn while the policies of Skupper v1 cannot be read, and come back', async () => {
    const { admin, client, running, keys } = await exposures()
    await client.create(inNamespace(client, deployment({ annotations: { 'skupper.io/expose': 'true' } })))
    await eventually(async () => {
      expect(await keys()).toHaveLength(2)
    }, DEADLINE)
    await admin.apply(clusterPolicyCrd())
    try {
      await eventually(async () => {
        expect(await keys()).toEqual([])
      }, DEADLINE)
      expect(running.problems.map(({ message }) => message).join()).toContain('skupperclusterpolicies')
    } finally {
      await admin.delete(CUSTOM_RESOURCE_DEFINITION, clusterPolicyCrd().metadata.name)
    }
    await eventually(async () => {
      expect(await keys()).toHaveLength(2)
    }, DEADLINE)
  })
})
