import { CLUSTER_POLICY_API_VERSION, clusterPolicySchema } from '../../model/policy/cluster-policy.ts'
import { exposurePolicySchema } from '../../model/policy/exposure-policy.ts'
import type { CrdDefinition, PrinterColumn } from '../crd-definitions.ts'
import { crdOf } from '../crds.ts'
import type { KubeObject } from '../kube-object.ts'

const AGE: PrinterColumn = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' }

const EXPOSURE_POLICY: CrdDefinition = {
  kind: 'ExposurePolicy',
  plural: 'exposurepolicies',
  shortNames: [],
  scope: 'Cluster',
  columns: [
    { name: 'Priority', type: 'integer', jsonPath: '.spec.priority' },
    { name: 'Protocol', type: 'string', jsonPath: '.spec.protocol' },
    { name: 'Dry run', type: 'boolean', jsonPath: '.spec.dryRun' },
    AGE,
  ],
  rules: [],
}

const CLUSTER_POLICY: CrdDefinition = {
  kind: 'SkupperClusterPolicy',
  plural: 'skupperclusterpolicies',
  shortNames: [],
  apiVersion: CLUSTER_POLICY_API_VERSION,
  scope: 'Cluster',
  columns: [AGE],
  rules: [],
}

/** The definition of ExposurePolicy. */
export function exposurePolicyCrd(): KubeObject {
  return crdOf(EXPOSURE_POLICY, exposurePolicySchema)
}

/** The definition of SkupperClusterPolicy. With it in a cluster, sites may do only what a policy allows. */
export function clusterPolicyCrd(): KubeObject {
  return crdOf(CLUSTER_POLICY, clusterPolicySchema)
}
