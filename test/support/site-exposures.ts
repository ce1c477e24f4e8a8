import { onTestFinished } from 'vitest'
import { SiteExposures } from '../../controller/exposure/site-exposures.ts'
import { crds } from '../../core/kube/crds.ts'
import type { KubeObject } from '../../core/kube/kube-object.ts'
import { MODEL_TYPES } from '../../core/kube/resource-types.ts'
import { SITE_CONTROLLER, SITE_RULES } from '../../core/kube/site-rbac.ts'
import { eventually } from './eventually.ts'
import { clusterClient, namespaceClient } from './kube-cluster.ts'
import { RecordedLog } from './recorded-log.ts'

const DEADLINE = { deadlineMs: 20_000 }
const RBAC = 'rbac.authorization.k8s.io'

/** The controller's part that exposes objects, with the rights that `init` gives it, in a namespace with a Site. */
export async function siteExposures() {
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
    isOurs: () => Promise.resolve(true),
    onChange: () => undefined,
  })
  onTestFinished(() => running.close())
  await running.start()
  const keys = async () => {
    const listeners = await client.list(MODEL_TYPES.Listener)
    const connectors = await client.list(MODEL_TYPES.Connector)
    const told = ({ kind, metadata: { name } }: KubeObject) => `${kind} ${name}`
    return [...listeners, ...connectors].map(told).sort().join(', ')
  }
  return { admin, client, running, keys }
}
