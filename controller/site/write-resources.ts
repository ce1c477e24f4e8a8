import { checkResource, isKind, issueMessage, type Resource } from '../../core/model/resource.ts'
import type { SiteStore } from '../../core/model/site-store.ts'
import { isDefaultAccess } from './desired.ts'
import type { Log } from '../log.ts'
import { describeResourcePlan, planResources } from './plan.ts'
import { isSynced } from '../services/synced-listeners.ts'

const MAX_LINES = 50

/** What is stored now, as far as the controller writes it. */
export interface WriteContext {
  readonly store: Pick<SiteStore, 'applyRuntimeAll' | 'deleteRuntime'>
  readonly stored: readonly Resource[]
  readonly log: Log
}

/** Brings what is stored to what should be. A resource that cannot be written does not stop the others. */
export async function writeResources(
  desired: readonly Resource[],
  { store, stored, log }: WriteContext,
): Promise<void> {
  const plan = planResources(stored, desired, isOurs)
  for (const { kind, name } of plan.remove) await store.deleteRuntime(kind, name)
  const sound = plan.write.filter((resource) => {
    const checked = checkResource(resource)
    if ('issue' in checked) log.error({ reason: issueMessage(checked.issue) }, 'a resource could not be stored')
    return 'resource' in checked
  })
  await store.applyRuntimeAll(sound)
  const changes = describeResourcePlan(plan)
  if (changes.length > 0) log.debug({ changes: changes.slice(0, MAX_LINES), count: changes.length }, 'resources stored')
}

/** What only the controller makes, and so removes when it is no longer wanted. */
function isOurs(resource: Resource): boolean {
  if (isKind(resource, 'Listener')) return isSynced(resource)
  if (isKind(resource, 'RouterAccess')) return isDefaultAccess(resource)
  return isKind(resource, 'RemoteSite')
}
