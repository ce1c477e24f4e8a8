import type { KubeClient } from '../../core/kube/kube-client.ts'
import type { KubeObject, ResourceType } from '../../core/kube/kube-object.ts'
import {
  CLUSTER_POLICY,
  DAEMON_SET,
  DEPLOYMENT,
  EXPOSURE_POLICY,
  MODEL_TYPES,
  NAMESPACE,
  SERVICE,
  STATEFUL_SET,
} from '../../core/kube/resource-types.ts'
import { parseRoutingKey } from '../../core/model/address.ts'
import { readExposable, titleOf, type ExposableObject } from '../../core/model/exposure/exposable-object.ts'
import { exposureOf, type Policies } from '../../core/model/exposure/exposure-of.ts'
import { clusterPolicySchema, mayDo, type PolicyNamespace } from '../../core/model/policy/cluster-policy.ts'
import type { SitePolicies } from '../../core/model/policy/resource-refusal.ts'
import { exposurePolicySchema, inOrder, missOf } from '../../core/model/policy/exposure-policy.ts'
import { parseResourceOf } from '../../core/model/resource.ts'

/** The policies of a cluster; none of a kind that it does not have. */
export async function readPolicies(client: KubeClient): Promise<Policies> {
  const [exposure, cluster] = await Promise.all([listed(client, EXPOSURE_POLICY), listed(client, CLUSTER_POLICY)])
  return {
    exposure: (exposure ?? []).flatMap((item) => exposurePolicySchema.safeParse(item).data ?? []),
    cluster:
      cluster === undefined
        ? { state: 'absent' }
        : { state: 'active', policies: cluster.flatMap((item) => clusterPolicySchema.safeParse(item).data ?? []) },
  }
}

/** The object of `kind/name` in the client's namespace. */
export async function findExposable(client: KubeClient, given: string): Promise<ExposableObject | undefined> {
  const [kind = '', name = ''] = given.toLowerCase().split('/')
  const type = [SERVICE, DEPLOYMENT, STATEFUL_SET, DAEMON_SET].find((known) => known.kind.toLowerCase() === kind)
  if (type === undefined || name === '') return undefined
  const object = await client.get<KubeObject>(type, name)
  return object === undefined ? undefined : readExposable(object, client.namespace)
}

/** Whether an object is exposed, and what each policy has to do with it, a line each. */
export async function explainExposure(
  client: KubeClient,
  object: ExposableObject,
  policies: Policies,
): Promise<string[]> {
  const namespace = await namespaceOf(client)
  const words = inOrder(policies.exposure).map((policy) => {
    const miss = missOf(policy, object, namespace)
    const says = miss === undefined ? 'selects it' : `does not select it: ${miss}`
    const only = policy.spec.dryRun === true ? ' (only reports)' : ''
    return `  ExposurePolicy ${policy.metadata.name}${only} ${says}`
  })
  const question = { about: 'exposed-resource', type: object.kind.toLowerCase(), name: object.name } as const
  const { enabled, allowed, allowedBy } = mayDo(question, namespace, policies.cluster)
  const old = enabled
    ? [`  Skupper v1's policies: ${allowed ? `allowed by ${allowedBy.join(', ')}` : 'no policy allows it'}`]
    : []
  return [headline(object, namespace, policies), ...words, ...old]
}

/** What runs now and would be denied with no policy of v1, a line each. */
export async function wouldDeny(client: KubeClient): Promise<string[]> {
  if ((await listed(client, CLUSTER_POLICY)) !== undefined) return []
  const types = [MODEL_TYPES.Link, MODEL_TYPES.Connector, MODEL_TYPES.RouterAccess]
  const lists = await Promise.all(types.map((type) => listed(client, type)))
  return lists
    .flatMap((list) => list ?? [])
    .map(({ kind, metadata }) => `${kind} ${metadata.name} in namespace ${metadata.namespace ?? ''} would be denied`)
}

/** The policies of v1, and the client's namespace. */
export async function clusterPoliciesOf(client: KubeClient): Promise<SitePolicies> {
  const [{ cluster }, namespace] = await Promise.all([readPolicies(client), namespaceOf(client)])
  return { rules: cluster, namespace }
}

/** What the policies of v1 say to the client's namespace. */
export async function namespacePolicies(client: KubeClient): Promise<object> {
  const { rules: cluster, namespace } = await clusterPoliciesOf(client)
  const links = (await listed(client, MODEL_TYPES.Link, client.namespace)) ?? []
  const connectors = (await listed(client, MODEL_TYPES.Connector, client.namespace)) ?? []
  const hosts = links.flatMap((item) => parseResourceOf('Link', item).spec.endpoints.map(({ host }) => host))
  const addresses = connectors.map((item) => addressOf(parseResourceOf('Connector', item).spec.routingKey))
  return {
    namespace: namespace.name,
    enabled: cluster.state !== 'absent',
    policies:
      cluster.state === 'active'
        ? cluster.policies.map(({ metadata, spec }) => ({ name: metadata.name, ...spec }))
        : [],
    incomingLinks: mayDo({ about: 'incoming-links' }, namespace, cluster),
    outgoingLinks: answers(hosts, (host) => mayDo({ about: 'outgoing-link', host }, namespace, cluster)),
    services: answers(addresses, (address) => mayDo({ about: 'service', address }, namespace, cluster)),
  }
}

function headline(object: ExposableObject, namespace: PolicyNamespace, policies: Policies): string {
  const decision = exposureOf(object, namespace, policies)
  const title = titleOf(object)
  switch (decision.outcome) {
    case 'exposed': {
      const { address, ports, askedBy } = decision.exposure
      const told = ports.map(({ port, protocol, deduced }) => {
        return `${address}:${String(port)} ${protocol}${deduced === undefined ? '' : ` (deduced: ${deduced})`}`
      })
      return `${title} is exposed as ${told.join(', ')}, by ${askedBy}`
    }
    case 'none':
      return `${title} is not exposed: ${decision.reason}`
    case 'error':
      return `${title} is not exposed: ${decision.message}`
  }
}

async function namespaceOf(client: KubeClient): Promise<PolicyNamespace> {
  const namespace = await client.get(NAMESPACE, client.namespace)
  return { name: client.namespace, labels: namespace?.metadata.labels ?? {} }
}

async function listed(client: KubeClient, type: ResourceType, namespace?: string): Promise<KubeObject[] | undefined> {
  if (!(await client.serves(type))) return undefined
  return client.list(type, namespace === undefined ? { all: true } : { namespace })
}

function answers<T>(keys: readonly string[], answer: (key: string) => T): Record<string, T> {
  return Object.fromEntries([...new Set(keys)].map((key) => [key, answer(key)]))
}

function addressOf(routingKey: string): string {
  return parseRoutingKey(routingKey)?.address ?? routingKey
}
