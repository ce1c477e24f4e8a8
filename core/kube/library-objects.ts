import type {
  V1ClusterRole,
  V1ClusterRoleBinding,
  V1ConfigMap,
  V1CustomResourceDefinition,
  V1DaemonSet,
  V1Deployment,
  V1EndpointSlice,
  V1Ingress,
  V1Lease,
  V1MutatingWebhookConfiguration,
  V1Namespace,
  V1NetworkPolicy,
  V1Node,
  V1Pod,
  V1PodDisruptionBudget,
  V1ReplicaSet,
  V1Role,
  V1RoleBinding,
  V1Secret,
  V1Service,
  V1ServiceAccount,
  V1StatefulSet,
  V1ValidatingWebhookConfiguration,
} from '@kubernetes/client-node'
import type { KubeObject } from './kube-object.ts'

/** A type of the library as its JSON is: times are text, and members may be given as undefined. */
type Plain<T> = T extends Date
  ? string
  : T extends readonly (infer Item)[]
    ? Plain<Item>[]
    : T extends object
      ? { [Key in keyof T]: undefined extends T[Key] ? Plain<T[Key]> | undefined : Plain<T[Key]> }
      : T

type ObjectOf<T> = KubeObject & Omit<Plain<T>, 'apiVersion' | 'kind' | 'metadata'>

export type ClusterRole = ObjectOf<V1ClusterRole>
export type ClusterRoleBinding = ObjectOf<V1ClusterRoleBinding>
export type ConfigMap = ObjectOf<V1ConfigMap>
export type CustomResourceDefinition = ObjectOf<V1CustomResourceDefinition>
export type DaemonSet = ObjectOf<V1DaemonSet>
export type Deployment = ObjectOf<V1Deployment>
export type EndpointSlice = ObjectOf<V1EndpointSlice>
export type Ingress = ObjectOf<V1Ingress>
export type KubeSecret = ObjectOf<V1Secret>
export type Lease = ObjectOf<V1Lease>
export type MutatingWebhookConfiguration = ObjectOf<V1MutatingWebhookConfiguration>
export type Namespace = ObjectOf<V1Namespace>
export type NetworkPolicy = ObjectOf<V1NetworkPolicy>
export type Node = ObjectOf<V1Node>
export type Pod = ObjectOf<V1Pod>
export type PodDisruptionBudget = ObjectOf<V1PodDisruptionBudget>
export type ReplicaSet = ObjectOf<V1ReplicaSet>
export type Role = ObjectOf<V1Role>
export type RoleBinding = ObjectOf<V1RoleBinding>
export type Service = ObjectOf<V1Service>
export type ServiceAccount = ObjectOf<V1ServiceAccount>
export type StatefulSet = ObjectOf<V1StatefulSet>
export type ValidatingWebhookConfiguration = ObjectOf<V1ValidatingWebhookConfiguration>
