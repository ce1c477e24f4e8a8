import { SkupperError } from '../model/error.ts'
import { CLUSTER_POLICY_API_VERSION } from '../model/policy/cluster-policy.ts'
import { API_VERSION } from '../model/resource-schema.ts'
import type { Kind } from '../model/resource.ts'
import type { KubeObject, ResourceType } from './kube-object.ts'
import type {
  ClusterRole,
  ClusterRoleBinding,
  ConfigMap,
  CustomResourceDefinition,
  DaemonSet,
  Deployment,
  EndpointSlice,
  Ingress,
  KubeSecret,
  Lease,
  MutatingWebhookConfiguration,
  Namespace,
  NetworkPolicy,
  Node,
  Pod,
  PodDisruptionBudget,
  ReplicaSet,
  Role,
  RoleBinding,
  Service,
  ServiceAccount,
  StatefulSet,
  ValidatingWebhookConfiguration,
} from './library-objects.ts'

// Every type of object that the product reads or writes. Nothing is guessed about others.

export const CONFIG_MAP = type<ConfigMap>('v1', 'ConfigMap', 'configmaps')
export const EVENT = type('v1', 'Event', 'events')
export const NAMESPACE = clusterType<Namespace>('v1', 'Namespace', 'namespaces')
export const NODE = clusterType<Node>('v1', 'Node', 'nodes')
export const POD = type<Pod>('v1', 'Pod', 'pods')
export const SECRET = type<KubeSecret>('v1', 'Secret', 'secrets')
export const SERVICE = type<Service>('v1', 'Service', 'services')
export const SERVICE_ACCOUNT = type<ServiceAccount>('v1', 'ServiceAccount', 'serviceaccounts')
export const DAEMON_SET = type<DaemonSet>('apps/v1', 'DaemonSet', 'daemonsets')
export const DEPLOYMENT = type<Deployment>('apps/v1', 'Deployment', 'deployments')
export const REPLICA_SET = type<ReplicaSet>('apps/v1', 'ReplicaSet', 'replicasets')
export const STATEFUL_SET = type<StatefulSet>('apps/v1', 'StatefulSet', 'statefulsets')
export const LEASE = type<Lease>('coordination.k8s.io/v1', 'Lease', 'leases')
export const ENDPOINT_SLICE = type<EndpointSlice>('discovery.k8s.io/v1', 'EndpointSlice', 'endpointslices')
export const INGRESS = type<Ingress>('networking.k8s.io/v1', 'Ingress', 'ingresses')
export const NETWORK_POLICY = type<NetworkPolicy>('networking.k8s.io/v1', 'NetworkPolicy', 'networkpolicies')
export const POD_DISRUPTION_BUDGET = type<PodDisruptionBudget>(
  'policy/v1',
  'PodDisruptionBudget',
  'poddisruptionbudgets',
)
export const ROLE = type<Role>('rbac.authorization.k8s.io/v1', 'Role', 'roles')
export const ROLE_BINDING = type<RoleBinding>('rbac.authorization.k8s.io/v1', 'RoleBinding', 'rolebindings')
export const CLUSTER_ROLE = clusterType<ClusterRole>('rbac.authorization.k8s.io/v1', 'ClusterRole', 'clusterroles')
export const CLUSTER_ROLE_BINDING = clusterType<ClusterRoleBinding>(
  'rbac.authorization.k8s.io/v1',
  'ClusterRoleBinding',
  'clusterrolebindings',
)
export const CUSTOM_RESOURCE_DEFINITION = clusterType<CustomResourceDefinition>(
  'apiextensions.k8s.io/v1',
  'CustomResourceDefinition',
  'customresourcedefinitions',
)
export const MUTATING_WEBHOOK = clusterType<MutatingWebhookConfiguration>(
  'admissionregistration.k8s.io/v1',
  'MutatingWebhookConfiguration',
  'mutatingwebhookconfigurations',
)
export const VALIDATING_WEBHOOK = clusterType<ValidatingWebhookConfiguration>(
  'admissionregistration.k8s.io/v1',
  'ValidatingWebhookConfiguration',
  'validatingwebhookconfigurations',
)

/** Our policies for automatic exposure, and the policies of Skupper v1. */
export const EXPOSURE_POLICY = clusterType(API_VERSION, 'ExposurePolicy', 'exposurepolicies')
export const CLUSTER_POLICY = clusterType(CLUSTER_POLICY_API_VERSION, 'SkupperClusterPolicy', 'skupperclusterpolicies')

// What other projects add to a cluster: `KubeClient.serves` tells whether one is there.
export const ROUTE = type('route.openshift.io/v1', 'Route', 'routes')
export const HTTP_PROXY = type('projectcontour.io/v1', 'HTTPProxy', 'httpproxies')
export const GATEWAY = type('gateway.networking.k8s.io/v1', 'Gateway', 'gateways')
export const TLS_ROUTE = type('gateway.networking.k8s.io/v1alpha2', 'TLSRoute', 'tlsroutes')

export const PEER_AUTHENTICATION = type('security.istio.io/v1', 'PeerAuthentication', 'peerauthentications')
export const CERT_MANAGER_ISSUER = type('cert-manager.io/v1', 'Issuer', 'issuers')
export const CERT_MANAGER_CERTIFICATE = type('cert-manager.io/v1', 'Certificate', 'certificates')

/** The type of each kind of core/model. */
export const MODEL_TYPES: Readonly<Record<Kind, ResourceType>> = {
  AccessGrant: type(API_VERSION, 'AccessGrant', 'accessgrants'),
  AccessToken: type(API_VERSION, 'AccessToken', 'accesstokens'),
  Connector: type(API_VERSION, 'Connector', 'connectors'),
  Link: type(API_VERSION, 'Link', 'links'),
  Listener: type(API_VERSION, 'Listener', 'listeners'),
  MultiKeyListener: type(API_VERSION, 'MultiKeyListener', 'multikeylisteners'),
  RemoteSite: type(API_VERSION, 'RemoteSite', 'remotesites'),
  RouterAccess: type(API_VERSION, 'RouterAccess', 'routeraccesses'),
  Secret: SECRET,
  Site: type(API_VERSION, 'Site', 'sites'),
}

const ALL: readonly ResourceType[] = [
  CERT_MANAGER_CERTIFICATE,
  CERT_MANAGER_ISSUER,
  CLUSTER_POLICY,
  CLUSTER_ROLE,
  CLUSTER_ROLE_BINDING,
  CONFIG_MAP,
  CUSTOM_RESOURCE_DEFINITION,
  DAEMON_SET,
  DEPLOYMENT,
  ENDPOINT_SLICE,
  EVENT,
  EXPOSURE_POLICY,
  GATEWAY,
  HTTP_PROXY,
  INGRESS,
  LEASE,
  MUTATING_WEBHOOK,
  NAMESPACE,
  NETWORK_POLICY,
  NODE,
  PEER_AUTHENTICATION,
  POD,
  POD_DISRUPTION_BUDGET,
  REPLICA_SET,
  ROLE,
  ROLE_BINDING,
  ROUTE,
  SERVICE,
  SERVICE_ACCOUNT,
  STATEFUL_SET,
  TLS_ROUTE,
  VALIDATING_WEBHOOK,
  ...Object.values(MODEL_TYPES),
]

const BY_KIND = new Map(ALL.map((each) => [keyOf(each), each]))

/** The type of an object. Throws `kube/unknown-kind` for one that the product has nothing to do with. */
export function typeOf<T extends KubeObject>(object: T): ResourceType<T> {
  const known = BY_KIND.get(keyOf(object))
  if (known !== undefined) return known as ResourceType<T>
  const given = `${object.kind} of ${object.apiVersion}`
  throw new SkupperError('kube/unknown-kind', `${given} is no kind that skupper knows`, { given })
}

function keyOf({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): string {
  return `${apiVersion} ${kind}`
}

function type<T extends KubeObject = KubeObject>(apiVersion: string, kind: string, plural: string): ResourceType<T> {
  return { apiVersion, kind, plural, namespaced: true }
}

function clusterType<T extends KubeObject = KubeObject>(
  apiVersion: string,
  kind: string,
  plural: string,
): ResourceType<T> {
  return { apiVersion, kind, plural, namespaced: false }
}
