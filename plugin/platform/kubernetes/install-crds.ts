import { errorCode } from '../../../core/kube/errors.ts'
import type { KubeClient } from '../../../core/kube/kube-client.ts'
import type { KubeObject, ResourceType } from '../../../core/kube/kube-object.ts'
import { MODEL_TYPES, SECRET } from '../../../core/kube/resource-types.ts'
import { SkupperError } from '../../../core/model/error.ts'

/**
 * Installs the kinds of skupper.io that the cluster does not serve; those it serves are left as they are, and nobody
 * needs a right to look at their definitions. Gives remarks on what was found beside what was missing. Throws
 * `crds/missing`, saying what an administrator has to run, where to install them is not permitted.
 */
export async function installMissingCrds(client: KubeClient): Promise<string[]> {
  const missing = await missingTypes(client)
  if (missing.length === 0) return []
  // Only here: to load it takes longer than most commands do.
  const { installCrds } = await import('../../../core/kube/crds.ts')
  const reports = await installCrds(client).catch((cause: unknown) => {
    throw errorCode(cause) === 'kube/forbidden' ? notPermitted(missing, cause) : cause
  })
  const foreign = reports.filter(({ outcome, managedBy }) => outcome === 'present' && managedBy !== 'skupper')
  if (foreign.length === 0) return []
  const names = foreign.map(({ name }) => name).join(', ')
  return [`The cluster has definitions that are not of this release and are left as they are: ${names}`]
}

/** The definitions of the kinds of skupper.io that the cluster does not serve. */
export async function missingCrds(client: KubeClient): Promise<KubeObject[]> {
  const missing = await missingTypes(client)
  if (missing.length === 0) return []
  const { crds } = await import('../../../core/kube/crds.ts')
  return crds().filter(({ metadata }) => missing.some(({ plural }) => metadata.name === `${plural}.skupper.io`))
}

async function missingTypes(client: KubeClient): Promise<ResourceType[]> {
  const types = Object.values(MODEL_TYPES).filter((type) => type !== SECRET)
  const found = await Promise.all(types.map((type) => client.serves(type)))
  return types.filter((_, position) => found[position] === false)
}

function notPermitted(missing: readonly ResourceType[], cause: unknown): SkupperError {
  const kinds = missing.map(({ kind }) => kind).join(', ')
  const wanted = 'skupper crds | kubectl apply -f -'
  const message = `The cluster does not know ${kinds} of skupper.io, and you may not install them. An administrator has to run: ${wanted}`
  return new SkupperError('crds/missing', message, { cause, wanted })
}
