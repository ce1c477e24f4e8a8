import { stringify } from 'yaml'
import { crds } from '../core/kube/crds.ts'

/** The files of `manifests/crds`, made from the code: path and content. */
export function crdManifests(): { path: string; text: string }[] {
  return crds().map((crd) => ({
    path: `manifests/crds/${crd.metadata.name.replace(/\..*$/, '')}.yaml`,
    text: `# Made by "npm run manifests" from core/kube/crds.ts.\n${stringify(crd, { lineWidth: 0, aliasDuplicateObjects: false })}`,
  }))
}
