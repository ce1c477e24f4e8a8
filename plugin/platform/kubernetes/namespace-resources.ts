import { errorCode } from '../../../core/kube/errors.ts'
import type { KubeClient } from '../../../core/kube/kube-client.ts'
import { openKubeStore, type KubeStore } from '../../../core/kube/kube-store.ts'
import type { Kind, ResourceOf } from '../../../core/model/resource.ts'

/**
 * The resources of a namespace, asked anew each time. A cluster that does not know a kind has none of it: its
 * namespaces are places where Skupper is not enabled.
 */
export function namespaceResources(client: KubeClient): KubeStore {
  const store = openKubeStore({ client, cached: false })
  const list = async <K extends Kind>(kind: K): Promise<ResourceOf<K>[]> => {
    try {
      return await store.list(kind)
    } catch (error) {
      if (errorCode(error) === 'kube/no-crd') return []
      throw error
    }
  }
  return { ...store, list }
}
