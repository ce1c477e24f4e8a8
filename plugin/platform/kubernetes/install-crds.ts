import { setTimeout as delay } from 'node:timers/promises'
import type { KubeClient } from '../../../core/kube/kube-client.ts'
import type { KubeObject, ResourceType } from '../../../core/kube/kube-object.ts'
import { MODEL_TYPES } from '../../../core/kube/resource-types.ts'
import { messageOf, SkupperError } from '../../../core/model/error.ts'

const PAUSE_MS = 100
/** A new kind is served within a second or two. */
const SERVED_DEADLINE_MS = 20_000

/**
 * Installs the kinds of skupper.io that the cluster does not serve; those it serves are left as they are. Throws
 * `crds/missing`, saying what an administrator has to run, where that is not permitted.
 */
export async function installCrds(client: KubeClient): Promise<void> {
  const missing = await missingTypes(client)
  if (missing.length === 0) return
  const kinds = missing.map(({ kind }) => kind)
  // Only here: to make them takes longer than all else that a command does.
  const { crds } = await import('../../../core/kube/crds.ts')
  for (const crd of crds().filter((each) => kinds.includes(kindOf(each) ?? ''))) {
    await client.apply(crd).catch((cause: unknown) => {
      throw notInstalled(kinds, cause)
    })
  }
  await served(client, missing)
}

async function missingTypes(client: KubeClient): Promise<ResourceType[]> {
  const types = Object.values(MODEL_TYPES).filter(({ apiVersion }) => apiVersion.startsWith('skupper.io/'))
  const found = await Promise.all(types.map((type) => client.serves(type)))
  return types.filter((_, position) => found[position] === false)
}

async function served(client: KubeClient, types: readonly ResourceType[]): Promise<void> {
  const deadline = performance.now() + SERVED_DEADLINE_MS
  for (;;) {
    const found = await Promise.all(types.map((type) => client.serves(type)))
    if (found.every(Boolean)) return
    if (performance.now() > deadline) {
      const message = 'the kinds of skupper.io were installed, but the API server does not serve them yet: try again'
      throw new SkupperError('crds/not-served', message)
    }
    await delay(PAUSE_MS)
  }
}

function kindOf({ spec }: KubeObject): string | undefined {
  const names = typeof spec === 'object' && spec !== null && 'names' in spec ? spec.names : undefined
  const kind = typeof names === 'object' && names !== null && 'kind' in names ? names.kind : undefined
  return typeof kind === 'string' ? kind : undefined
}

function notInstalled(kinds: readonly string[], cause: unknown): unknown {
  if (!(cause instanceof SkupperError) || cause.code !== 'kube/forbidden') return cause
  const missing = `The cluster does not know ${kinds.join(', ')} of skupper.io, and you may not install them`
  const message = `${missing} (${messageOf(cause)}). An administrator has to run: skupper crds | kubectl apply -f -`
  return new SkupperError('crds/missing', message, { cause, wanted: 'skupper crds | kubectl apply -f -' })
}
