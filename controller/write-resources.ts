import { messageOf } from '../core/model/error.ts'
import { isKind, type Resource } from '../core/model/resource.ts'
import type { Store } from '../core/store/store.ts'
import { isDefaultAccess } from './desired.ts'
import type { Log } from './log.ts'
import { describeResourcePlan, planResources } from './plan.ts'
import { isSynced } from './synced-listeners.ts'

/** What is stored now, as far as the controller writes it. */
export interface WriteContext {
  readonly store: Pick<Store, 'applyRuntime' | 'deleteRuntime'>
  readonly stored: readonly Resource[]
  readonly log: Log
}

/** Brings what is stored to what should be. A resource that cannot be written does not stop the others. */
export async function writeResources(
  desired: readonly Resource[],
  { store, stored, log }: WriteContext,
): Promise<void> {
  const plan = planResources(stored, desired, isOurs)
  const attempt = async (what: object, work: Promise<unknown>): Promise<void> => {
    await work.catch((error: unknown) => {
      log.error({ ...what, reason: messageOf(error) }, 'a resource could not be stored')
    })
  }
  for (const { kind, name } of plan.remove) await attempt({ kind, name }, store.deleteRuntime(kind, name))
  for (const resource of plan.write) {
    await attempt({ kind: resource.kind, name: resource.metadata.name }, store.applyRuntime(resource))
  }
  const changes = describeResourcePlan(plan)
  if (changes.length > 0) log.debug({ changes }, 'resources stored')
}

/** What only the controller makes, and so removes when it is no longer wanted. */
function isOurs(resource: Resource): boolean {
  if (isKind(resource, 'Listener')) return isSynced(resource)
  if (isKind(resource, 'RouterAccess')) return isDefaultAccess(resource)
  return isKind(resource, 'RemoteSite')
}
