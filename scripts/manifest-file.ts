import { stringify } from 'yaml'

/** A file that `npm run manifests` writes; `path` is from the root of the repository. */
export interface ManifestFile {
  readonly path: string
  readonly text: string
}

/** Objects as a file of YAML, each after a line of dashes where there are several. */
export function yamlFile(path: string, source: string, objects: readonly object[]): ManifestFile {
  return { path, text: `# Made by "npm run manifests" from ${source}.\n${yamlOf(objects)}` }
}

/** What `kubectl apply -k` reads of a directory. */
export function kustomization(directory: string, fields: object): ManifestFile {
  const file = { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', ...fields }
  return yamlFile(`${directory}/kustomization.yaml`, 'scripts', [file])
}

/** The objects as YAML. */
export function yamlOf(objects: readonly object[]): string {
  return objects.map((object) => stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })).join('---\n')
}
