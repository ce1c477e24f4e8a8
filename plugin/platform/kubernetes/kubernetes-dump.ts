import { stringify } from 'yaml'
import type { KubeClient } from '../../../core/kube/kube-client.ts'
import type { ResourceType } from '../../../core/kube/kube-object.ts'
import type { Pod } from '../../../core/kube/library-objects.ts'
import {
  CONFIG_MAP,
  DEPLOYMENT,
  ENDPOINT_SLICE,
  EVENT,
  INGRESS,
  LEASE,
  MODEL_TYPES,
  NETWORK_POLICY,
  POD,
  POD_DISRUPTION_BUDGET,
  ROLE,
  ROLE_BINDING,
  SECRET,
  SERVICE,
} from '../../../core/kube/resource-types.ts'
import type { PodTunnel } from '../../../core/kube/pod-tunnel.ts'
import type { GivenCredentials } from '../../../core/model/credentials.ts'
import { messageOf } from '../../../core/model/error.ts'
import type { DumpFile } from '../platform.ts'
import { answersOf, managementOptions } from '../router-questions.ts'
import { namespaceResources } from './namespace-resources.ts'
import { withoutSecrets } from './without-secrets.ts'

/** Of a log only the end is taken: what a fault leaves is there. */
const LOG_LINES = 20_000
/** Everything that belongs to a site; user's Services and EndpointSlices too, since ours stand beside them. */
const TYPES: readonly ResourceType[] = [
  ...Object.values(MODEL_TYPES).filter((type) => type !== SECRET),
  ...[DEPLOYMENT, CONFIG_MAP, SERVICE, ENDPOINT_SLICE, SECRET, ROLE, ROLE_BINDING],
  ...[LEASE, POD_DISRUPTION_BUDGET, NETWORK_POLICY, INGRESS],
]
/** Types of which only what is ours is looked at: the rest may hold anything. */
const OURS_ONLY: readonly ResourceType[] = [CONFIG_MAP, SECRET, DEPLOYMENT, ROLE, ROLE_BINDING, INGRESS, LEASE]
const OURS = { labelSelector: 'app.kubernetes.io/part-of=skupper' }

const ROUTERS = 'application=skupper-router'
const LOCAL_CLIENT = 'skupper-local-client'
/** What the certificate of a router's local listener is for. */
const LOCAL_SERVICE = 'skupper-router-local'
const MANAGEMENT_PORT = 5671

/** Makes a way to a port of a pod. */
export type TunnelMaker = (pod: string, port: number) => Promise<PodTunnel>

/** The state of a site in a cluster: objects without their secrets, events, pods and their logs. */
export async function kubernetesDump(client: KubeClient, tunnel: TunnelMaker): Promise<DumpFile[]> {
  const parts = await Promise.all([
    oneFile('versions.yaml', async () => stringify({ kubernetes: await client.serverVersion() })),
    oneFile('events.yaml', async () => stringify((await client.list(EVENT)).map(withoutSecrets))),
    ...TYPES.map((type) => objectFiles(client, type)),
    podFiles(client),
    routerFiles(client, tunnel),
  ])
  return parts.flat()
}

async function objectFiles(client: KubeClient, type: ResourceType): Promise<DumpFile[]> {
  try {
    const objects = await client.list(type, OURS_ONLY.includes(type) ? OURS : {})
    return objects.map((object) => ({
      path: `objects/${type.plural}/${object.metadata.name}.yaml`,
      content: stringify(withoutSecrets(object)),
    }))
  } catch (error) {
    return [{ path: `objects/${type.plural}.missing`, content: messageOf(error) }]
  }
}

/** What each router says of itself, asked through the API server. */
async function routerFiles(client: KubeClient, tunnel: TunnelMaker): Promise<DumpFile[]> {
  try {
    const pods = await client.list(POD, { labelSelector: ROUTERS })
    const credentials = await namespaceResources(client).credentials(LOCAL_CLIENT)
    if (credentials === undefined) return []
    return (await Promise.all(pods.map((pod) => filesOfRouter(pod.metadata.name, { credentials, tunnel })))).flat()
  } catch (error) {
    return [{ path: 'routers.missing', content: messageOf(error) }]
  }
}

async function filesOfRouter(
  pod: string,
  { credentials, tunnel }: { credentials: GivenCredentials; tunnel: TunnelMaker },
): Promise<DumpFile[]> {
  const way = await tunnel(pod, MANAGEMENT_PORT)
  try {
    const place = { host: '127.0.0.1', port: way.port, servername: LOCAL_SERVICE }
    return await answersOf(() => Promise.resolve(managementOptions(credentials, place)), `pods/${pod}/router`)
  } finally {
    way.close()
  }
}

async function podFiles(client: KubeClient): Promise<DumpFile[]> {
  try {
    const pods = await client.list(POD, OURS)
    return (await Promise.all(pods.map((pod) => filesOfPod(client, pod)))).flat()
  } catch (error) {
    return [{ path: 'pods.missing', content: messageOf(error) }]
  }
}

async function filesOfPod(client: KubeClient, pod: Pod): Promise<DumpFile[]> {
  const { name } = pod.metadata
  const containers = pod.spec?.containers ?? []
  const logs = containers.flatMap((container) =>
    [false, true].map((previous) => {
      const path = `pods/${name}/${container.name}${previous ? '-previous' : ''}.log`
      return oneFile(path, () => client.podLog(name, { container: container.name, tailLines: LOG_LINES, previous }))
    }),
  )
  const own = { path: `pods/${name}/pod.yaml`, content: stringify(withoutSecrets(pod)) }
  return [own, ...(await Promise.all(logs)).flat()]
}

/** The file, or one that says why there is none. */
async function oneFile(path: string, read: () => Promise<string>): Promise<DumpFile[]> {
  try {
    return [{ path, content: await read() }]
  } catch (error) {
    return [{ path: `${path}.missing`, content: messageOf(error) }]
  }
}
