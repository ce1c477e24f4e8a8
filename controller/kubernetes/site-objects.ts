import type { KubeObject } from '../../core/kube/kube-object.ts'
import type { GivenCredentials } from '../../core/model/credentials.ts'
import { flagSetting } from '../../core/model/settings.ts'
import { secretData } from '../../core/model/secret.ts'
import { HEALTH_PORT, MANAGEMENT_PORT, PEER_PORT } from './cluster-ports.ts'
import type { Site } from '../../core/model/site.ts'
import { peerService } from './group-entities.ts'
import { networkPolicies } from './network-policies.ts'
import { bootKey, CREDENTIALS_PATH, ROUTER_CONFIG, ROUTER_CREDENTIALS } from './router-deployment.ts'
import { routerGroups } from './router-groups.ts'
import { GROUP_LABEL, owned, ROUTER_LABELS, type Owner } from './site-labels.ts'

export const LOCAL_SERVICE = 'skupper-router-local'
export const PORTS_KEY = 'ports.json'
export const ORDINALS_KEY = 'credential-ordinals.json'

export interface RouterFiles extends Owner {
  /** Of each router, by the name of its Deployment. */
  readonly bootFiles: ReadonlyMap<string, string>
  readonly ports: string
  readonly ordinals: string
  readonly contents: ReadonlyMap<string, GivenCredentials>
}

/** What routers read when they start. Credentials come first: a boot file must not name what is not there. */
export function routerFiles({ bootFiles, ports, ordinals, contents, ...owner }: RouterFiles): KubeObject[] {
  const texts = [...contents].flatMap(([name, { ca, certificate, key }]) => [
    [`${name}.ca.crt`, ca] as const,
    ...(certificate === undefined ? [] : [[`${name}.tls.crt`, certificate] as const]),
    ...(key === undefined ? [] : [[`${name}.tls.key`, key] as const]),
  ])
  return [
    owned(
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: ROUTER_CREDENTIALS },
        type: 'Opaque',
        data: secretData(Object.fromEntries(texts.sort(([a], [b]) => (a < b ? -1 : Number(a > b))))),
      },
      owner,
    ),
    owned(
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: ROUTER_CONFIG },
        data: { ...bootData(bootFiles), [PORTS_KEY]: ports, [ORDINALS_KEY]: ordinals },
      },
      owner,
    ),
  ]
}

function bootData(bootFiles: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries([...bootFiles].map(([group, text]) => [bootKey(group), text]))
}

/** Where a router finds a set of credentials. */
export function credentialPaths(name: string, { certificate, key }: GivenCredentials) {
  const path = `${CREDENTIALS_PATH}/${name}`
  return {
    ca: `${path}.ca.crt`,
    ...(certificate === undefined ? {} : { certificate: `${path}.tls.crt` }),
    ...(key === undefined ? {} : { key: `${path}.tls.key` }),
  }
}

/** What stands beside the routers: their Service within the cluster, and what protects them. */
export function routerSurroundings(owner: Owner): KubeObject[] {
  const hasSeveral = routerGroups(owner.site).length > 1
  const isPoliced = flagSetting(owner.site, 'create-network-policy')
  return [
    owned(localService(), owner),
    ...(hasSeveral ? peerServices(owner.site).map((service) => owned(service, owner)) : []),
    ...(hasSeveral ? [owned(disruptionBudget(), owner)] : []),
    ...(isPoliced ? networkPolicies().map((policy) => owned(policy, owner)) : []),
  ]
}

function peerServices(site: Site): KubeObject[] {
  return routerGroups(site).map((group, index) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: peerService(index) },
    spec: {
      type: 'ClusterIP',
      // A router is linked to the others before it is ready for clients.
      publishNotReadyAddresses: true,
      selector: { ...ROUTER_LABELS, [GROUP_LABEL]: group },
      ports: [{ name: 'inter-router', port: PEER_PORT, targetPort: PEER_PORT, protocol: 'TCP' }],
    },
  }))
}

function localService(): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: LOCAL_SERVICE },
    spec: {
      type: 'ClusterIP',
      selector: { ...ROUTER_LABELS },
      ports: [
        { name: 'amqps', port: MANAGEMENT_PORT, targetPort: MANAGEMENT_PORT, protocol: 'TCP' },
        { name: 'http', port: HEALTH_PORT, targetPort: HEALTH_PORT, protocol: 'TCP' },
      ],
    },
  }
}

function disruptionBudget(): KubeObject {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'skupper-router' },
    spec: { maxUnavailable: 1, selector: { matchLabels: { ...ROUTER_LABELS } } },
  }
}
