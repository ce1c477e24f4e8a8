import { chartManifests } from './chart-manifests.ts'
import { crdManifests } from './crd-manifests.ts'
import type { ManifestFile } from './manifest-file.ts'
import { programManifests } from './program-manifests.ts'

/** Every file of `manifests` and `charts` that is made from the code. */
export function allManifests(): ManifestFile[] {
  return [...crdManifests(), ...programManifests(), ...chartManifests()]
}
