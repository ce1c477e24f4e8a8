import { setTimeout as delay } from 'node:timers/promises'
import type { KubeClient } from '../../../core/kube/kube-client.ts'
import type { KubeObject, ResourceType } from '../../../core/kube/kube-object.ts'
import {
  CONFIG_MAP,
  DEPLOYMENT,
  ENDPOINT_SLICE,
  HTTP_PROXY,
  INGRESS,
  LEASE,
  MODEL_TYPES,
  NETWORK_POLICY,
  POD_DISRUPTION_BUDGET,
  ROLE,
  ROLE_BINDING,
  ROUTE,
  SECRET,
  SERVICE,
  SERVICE_ACCOUNT,
  TLS_ROUTE,
} from '../../../core/kube/resource-types.ts'
import { SITE_CONTROLLER } from '../../../core/kube/site-rbac.ts'
import { MANAGED_BY, MANAGED_BY_LABEL } from '../../../core/model/annotation-names.ts'
import { SkupperError } from '../../../core/model/error.ts'

/** Field managers of this client and of the controller: what neither of them wrote is not ours. */
const OUR_MANAGERS = ['skupper', SITE_CONTROLLER]
const PAUSE_MS = 200
/** The controller takes away what it made within this; after it, we do. */
const CONTROLLER_DEADLINE_MS = 20_000
/** Routers let streams finish before they end. */
const GONE_DEADLINE_MS = 90_000

const SITE = MODEL_TYPES.Site
/** Kinds of ours beside the Site. */
const KINDS = Object.values(MODEL_TYPES).filter((type) => type !== SITE && type !== SECRET)
/** What the controller makes, besides resources of ours. */
const MADE_TYPES: readonly ResourceType[] = [
  ...[DEPLOYMENT, SERVICE, ENDPOINT_SLICE, POD_DISRUPTION_BUDGET, NETWORK_POLICY, INGRESS, SECRET, CONFIG_MAP, LEASE],
  ...[ROUTE, HTTP_PROXY, TLS_ROUTE],
]
const ACCOUNT_TYPES: readonly ResourceType[] = [ROLE_BINDING, ROLE, SERVICE_ACCOUNT]

/**
 * Removes what this client and the controller made for the site, and nothing else: first the resources, so that the
 * controller takes its own things away in order, then the controller, then what is left. Throws `site/not-removed`
 * where something does not go.
 */
export async function removeSite(client: KubeClient, update: (text: string) => void): Promise<void> {
  update('Waiting for the controller to take away what it made')
  for (const type of KINDS) await removeOurs(client, type)
  await removeAll(client, SITE)
  await controllerIsDone(client)
  update('Waiting for the pods to end')
  for (const type of MADE_TYPES) await removeOurs(client, type)
  await gone(client, [DEPLOYMENT, SERVICE])
  // What the controller wrote in its last moments.
  for (const type of [...KINDS, ...MADE_TYPES, ...ACCOUNT_TYPES]) await removeOurs(client, type)
}

async function controllerIsDone(client: KubeClient): Promise<void> {
  const deadline = performance.now() + CONTROLLER_DEADLINE_MS
  const controller = await client.get(DEPLOYMENT, SITE_CONTROLLER)
  if ((controller?.status?.availableReplicas ?? 0) === 0) return
  while (performance.now() < deadline) {
    const deployments = await ours(client, DEPLOYMENT)
    if (deployments.every(({ metadata }) => metadata.name === SITE_CONTROLLER)) return
    await delay(PAUSE_MS)
  }
}

async function gone(client: KubeClient, types: readonly ResourceType[]): Promise<void> {
  const deadline = performance.now() + GONE_DEADLINE_MS
  for (;;) {
    const left = (await Promise.all(types.map((type) => ours(client, type)))).flat()
    if (left.length === 0) return
    if (performance.now() > deadline) {
      const names = left.map(({ kind, metadata }) => `${kind} ${metadata.name}`).join(', ')
      throw new SkupperError('site/not-removed', `these are not gone yet: ${names}`, { given: names })
    }
    await delay(PAUSE_MS)
  }
}

async function removeOurs(client: KubeClient, type: ResourceType): Promise<void> {
  const objects = await ours(client, type)
  await Promise.all(objects.map(({ metadata }) => client.delete(type, metadata.name, { propagation: 'Foreground' })))
}

async function removeAll(client: KubeClient, type: ResourceType): Promise<void> {
  const objects = await client.list(type)
  await Promise.all(objects.map(({ metadata }) => client.delete(type, metadata.name)))
}

/** Objects of a type that we made; none where the cluster does not know the type. */
async function ours(client: KubeClient, type: ResourceType): Promise<KubeObject[]> {
  if (type.apiVersion.includes('.') && !(await client.serves(type))) return []
  const objects = await client.list(type)
  return objects.filter(isOurs)
}

/** Whether one of ours made the object, rather than only adding to it, as its labels or its spec's owner tell. */
function isOurs({ metadata }: KubeObject): boolean {
  const entries = (metadata.managedFields ?? []).filter(isManagedEntry)
  const own = entries.filter(({ manager, subresource }) => OUR_MANAGERS.includes(manager) && subresource !== 'status')
  const isLabelled = metadata.labels?.[MANAGED_BY_LABEL] === MANAGED_BY
  return isLabelled ? own.length > 0 : own.some(({ fieldsV1 }) => fieldsV1 !== undefined && 'f:spec' in fieldsV1)
}

interface ManagedEntry {
  manager: string
  subresource?: string
  fieldsV1?: object
}

const isManagedEntry = (entry: unknown): entry is ManagedEntry =>
  typeof entry === 'object' && entry !== null && 'manager' in entry && typeof entry.manager === 'string'
