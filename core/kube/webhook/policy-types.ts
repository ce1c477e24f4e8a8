import { CLUSTER_POLICY_API_VERSION } from '../../model/policy/cluster-policy.ts'
import { API_VERSION } from '../../model/resource-schema.ts'
import type { ResourceType } from '../kube-object.ts'

/** Our policies for automatic exposure. */
export const EXPOSURE_POLICY: ResourceType = {
  apiVersion: API_VERSION,
  kind: 'ExposurePolicy',
  plural: 'exposurepolicies',
  namespaced: false,
}

/** The policies of Skupper v1. */
export const CLUSTER_POLICY: ResourceType = {
  apiVersion: CLUSTER_POLICY_API_VERSION,
  kind: 'SkupperClusterPolicy',
  plural: 'skupperclusterpolicies',
  namespaced: false,
}

/** Istio's rule of who must use mutual TLS. */
export const PEER_AUTHENTICATION: ResourceType = {
  apiVersion: 'security.istio.io/v1',
  kind: 'PeerAuthentication',
  plural: 'peerauthentications',
  namespaced: true,
}
