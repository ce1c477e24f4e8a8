import { crds } from '../core/kube/crds.ts'
import type { KubeObject } from '../core/kube/kube-object.ts'
import { clusterPolicyCrd, exposurePolicyCrd } from '../core/kube/webhook/policy-crds.ts'
import { kustomization, yamlFile, type ManifestFile } from './manifest-file.ts'

const CRDS = 'manifests/crds'
/** Apart from all others: with this kind in a cluster, nothing is allowed that no policy allows. */
const V1_POLICIES = 'manifests/policy-v1'

/** The kinds, made from the code. */
export function crdManifests(): ManifestFile[] {
  const files = [
    ...crds().map((crd) => crdFile(CRDS, crd, 'core/kube/crds.ts')),
    crdFile(CRDS, exposurePolicyCrd(), 'core/kube/webhook/policy-crds.ts'),
  ]
  const v1 = crdFile(V1_POLICIES, clusterPolicyCrd(), 'core/kube/webhook/policy-crds.ts')
  return [
    ...files,
    kustomization(CRDS, { resources: files.map(nameOf).sort() }),
    v1,
    kustomization(V1_POLICIES, { resources: [nameOf(v1)] }),
  ]
}

function crdFile(directory: string, crd: KubeObject, source: string): ManifestFile {
  return yamlFile(`${directory}/${crd.metadata.name.replace(/\..*$/, '')}.yaml`, source, [crd])
}

function nameOf({ path }: ManifestFile): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
