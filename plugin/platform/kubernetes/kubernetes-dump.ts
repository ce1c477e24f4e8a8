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
import { messageOf } from '../../../core/model/error.ts'
import type { DumpFile } from '../platform.ts'
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

/** The state of a site in a cluster: objects without their secrets, events, pods and their logs. */
export async function kubernetesDump(client: KubeClient): Promise<DumpFile[]> {
  const parts = await Promise.all([
    oneFile('versions.yaml', async () => stringify({ kubernetes: await client.serverVersion() })),
    oneFile('events.yaml', async () => stringify((await client.list(EVENT)).map(withoutSecrets))),
    ...TYPES.map((type) => objectFiles(client, type)),
    podFiles(client),
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
