import type { KubeClient } from '../../../core/kube/kube-client.ts'
import type { ResourceType } from '../../../core/kube/kube-object.ts'
import { MODEL_TYPES } from '../../../core/kube/resource-types.ts'
import { SkupperError } from '../../../core/model/error.ts'

/** Throws `crds/missing` where the cluster does not serve all kinds of skupper.io. */
export async function installCrds(client: KubeClient): Promise<void> {
  const missing = await missingTypes(client)
  if (missing.length === 0) return
  const kinds = missing.map(({ kind }) => kind)
  const message = `The cluster does not know ${kinds.join(', ')} of skupper.io. An administrator has to install them`
  throw new SkupperError('crds/missing', message, { wanted: 'the kinds of skupper.io' })
}

async function missingTypes(client: KubeClient): Promise<ResourceType[]> {
  const types = Object.values(MODEL_TYPES).filter(({ apiVersion }) => apiVersion.startsWith('skupper.io/'))
  const found = await Promise.all(types.map((type) => client.serves(type)))
  return types.filter((_, position) => found[position] === false)
}
