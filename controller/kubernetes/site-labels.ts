import { createHash } from 'node:crypto'
import type { KubeObject } from '../../core/kube/kube-object.ts'
import { parseLabels } from '../../core/model/labels.ts'
import { API_VERSION } from '../../core/model/resource-schema.ts'
import { settingOf } from '../../core/model/settings.ts'
import type { Site } from '../../core/model/site.ts'

/** On everything that the controller makes for a site: the Site's uid. It goes with the Site. */
export const SITE_LABEL = 'internal.skupper.io/site'
/** Tells the routers of a site apart, and on their pods which one a pod is of. */
export const GROUP_LABEL = 'skupper.io/group'
/** On an object of ours: the hash of what it should be, so that what was dropped from it shows. */
export const HASH_ANNOTATION = 'internal.skupper.io/desired'
export const PART_OF_LABEL = 'app.kubernetes.io/part-of'
const HASH_LENGTH = 16

/** On all pods of routers; the user's NetworkPolicies name it. */
export const ROUTER_LABELS = { application: 'skupper-router', 'skupper.io/component': 'router' } as const

/** Who makes an object. */
export interface Owner {
  readonly site: Site
  readonly namespace: string
}

/** The object as the controller's own: labels, the Site as owner, the user's labels and annotations, a hash. */
export function owned<T extends KubeObject>(object: T, { site, namespace }: Owner): T {
  const { uid = '', name } = site.metadata
  const metadata = {
    ...object.metadata,
    namespace,
    labels: {
      ...parseLabels(settingOf(site, 'labels')),
      ...object.metadata.labels,
      'app.kubernetes.io/managed-by': 'skupper',
      [PART_OF_LABEL]: 'skupper',
      [SITE_LABEL]: uid,
    },
    annotations: { ...annotationsOf(settingOf(site, 'annotations')), ...object.metadata.annotations },
    ownerReferences: [{ apiVersion: API_VERSION, kind: 'Site', name, uid }],
  }
  const hash = hashOf({ ...object, metadata })
  return { ...object, metadata: { ...metadata, annotations: { ...metadata.annotations, [HASH_ANNOTATION]: hash } } }
}

/** The annotations of `k=v,k=v`. */
export function annotationsOf(text: string): Record<string, string> {
  if (text === '') return {}
  const pairs = text.split(',').map((pair) => {
    const at = pair.indexOf('=')
    return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()] as const
  })
  return Object.fromEntries(pairs)
}

export function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, HASH_LENGTH)
}
