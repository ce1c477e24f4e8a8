import { errorCode } from '../../../core/kube/errors.ts'
import type { KubeClient } from '../../../core/kube/kube-client.ts'
import { DEPLOYMENT, LEASE } from '../../../core/kube/resource-types.ts'
import { SITE_CONTROLLER } from '../../../core/kube/site-rbac.ts'

/**
 * Since when the site's controller was not heard from (RFC 3339); undefined while it is ready, before it ran for the
 * first time, and where this user may not know. Ready controllers hear of changes: their own probe says so.
 */
export async function controllerSilence(client: KubeClient): Promise<string | undefined> {
  try {
    const [deployment, lease] = await Promise.all([
      client.get(DEPLOYMENT, SITE_CONTROLLER),
      client.get(LEASE, SITE_CONTROLLER),
    ])
    if ((deployment?.status?.availableReplicas ?? 0) > 0) return undefined
    const renewed: string | undefined = lease?.spec?.renewTime
    return renewed === undefined ? undefined : new Date(renewed).toISOString()
  } catch (error) {
    if (errorCode(error) === 'kube/forbidden') return undefined
    throw error
  }
}
