import { onTestFinished } from 'vitest'
import { controlSite } from '../../controller/kubernetes/site-controller.ts'
import { crds } from '../../core/kube/crds.ts'
import type { KubeClient } from '../../core/kube/kube-client.ts'
import type { KubeObject } from '../../core/kube/kube-object.ts'
import { openKubeStore } from '../../core/kube/kube-store.ts'
import { SITE_CONTROLLER, SITE_RULES, type PolicyRule } from '../../core/kube/site-rbac.ts'
import type { Site } from '../../core/model/site.ts'
import { eventually } from './eventually.ts'
import { clusterClient, namespaceClient } from './kube-cluster.ts'
import { RecordedLog } from './recorded-log.ts'

const DEADLINE = { deadlineMs: 20_000 }
const RBAC = 'rbac.authorization.k8s.io'

export interface ControlledSiteOptions {
  readonly spec?: Site['spec']
  /** What the controller may do, in place of what `init` gives it. */
  readonly rules?: readonly PolicyRule[]
  /** For what the controller says to the API server, in place of the server's own address. */
  readonly server?: string
}

/** A namespace with a Site, and its controller with the rights that `init` gives it. No pod of it ever starts. */
export async function controlledSite({ spec = {}, rules = SITE_RULES, server }: ControlledSiteOptions = {}) {
  return underControl(await uncontrolledSite({ spec, rules }), { server })
}

interface ControlOptions {
  readonly server?: string | undefined
  /** The controller's clock: milliseconds since 1970. */
  readonly wall?: (() => number) | undefined
}

/** Starts the controller of a namespace that `uncontrolledSite` made, in this process. */
export async function underControl(admin: KubeClient, how: ControlOptions = {}) {
  const { namespace } = admin
  const controlling = await control(namespace, how)
  onTestFinished(() => controlling.close())
  const resources = openKubeStore({ client: admin, namespace, cached: false })
  onTestFinished(() => {
    resources.close()
  })
  const condition = async (type: string) => {
    const found = (await resources.get('Site', 'here'))?.status?.conditions?.find((each) => each.type === type)
    return found && `${found.status} ${found.message ?? ''}`
  }
  const { log, close, controller } = controlling
  return { admin, resources, namespace, condition, log, close, controller }
}

/** A namespace with a Site and the rights of its controller, which does not run. Gives a client with all rights. */
export async function uncontrolledSite({
  spec = {},
  rules = SITE_RULES,
}: Omit<ControlledSiteOptions, 'server'> = {}): Promise<KubeClient> {
  const admin = await namespaceClient()
  for (const crd of crds()) await admin.apply(crd)
  await allow(admin, rules)
  const { namespace } = admin
  const controller = `${namespace}/${SITE_CONTROLLER}`
  await admin.apply({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'skupper', namespace },
    data: { controller },
  })
  await eventually(() => admin.create(siteObject('here', { namespace, spec })), DEADLINE)
  return admin
}

/** The user that a namespace's controller is to the API server. */
export function controllerAccount(namespace: string): string {
  return `system:serviceaccount:${namespace}:${SITE_CONTROLLER}`
}

/** A Site as a user writes it. */
export function siteObject(
  name: string,
  { namespace, spec = {} }: { namespace: string; spec?: Site['spec'] },
): KubeObject {
  return { apiVersion: 'skupper.io/v2alpha1', kind: 'Site', metadata: { name, namespace }, spec }
}

async function allow(admin: KubeClient, rules: readonly PolicyRule[]): Promise<void> {
  const metadata = { name: SITE_CONTROLLER, namespace: admin.namespace }
  const roleRef = { apiGroup: RBAC, kind: 'Role', name: SITE_CONTROLLER }
  const subjects = [{ kind: 'ServiceAccount', ...metadata }]
  await admin.apply({ apiVersion: `${RBAC}/v1`, kind: 'Role', metadata, rules })
  await admin.apply({ apiVersion: `${RBAC}/v1`, kind: 'RoleBinding', metadata, roleRef, subjects })
}

async function control(namespace: string, { server, wall = Date.now }: ControlOptions) {
  const client = await clusterClient({
    namespace,
    ...(server?.startsWith('http:') === true ? {} : { as: controllerAccount(namespace) }),
    fieldManager: SITE_CONTROLLER,
    ...(server === undefined ? {} : { server }),
  })
  const log = new RecordedLog()
  const store = openKubeStore({ client, namespace, log, cached: true })
  const clock = { wall, steady: () => performance.now() }
  const image = 'localhost/none:0'
  const controller = await controlSite({
    client,
    store,
    namespace,
    image,
    log,
    version: 'test',
    clock,
    random: Math.random,
  })
  const close = async (): Promise<void> => {
    await controller.close()
    store.close()
  }
  return { close, log, controller }
}
