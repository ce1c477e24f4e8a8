import type { KubeClient } from '../../../core/kube/kube-client.ts'
import type { Pod } from '../../../core/kube/library-objects.ts'
import { POD } from '../../../core/kube/resource-types.ts'
import { SITE_CONTROLLER } from '../../../core/kube/site-rbac.ts'
import type { RunningVersions } from '../platform.ts'

/** `sha256:` and what tells images apart for people. */
const DIGEST_LENGTH = 19
const CONTROLLER_PODS = `app.kubernetes.io/name=${SITE_CONTROLLER}`
const ROUTER_PODS = 'application=skupper-router'

/** The images that the site's pods run, each with the beginning of its digest; `not-found` where none is ready. */
export async function runningVersions(client: KubeClient): Promise<RunningVersions> {
  const [controllers, routers] = await Promise.all([
    client.list(POD, { labelSelector: CONTROLLER_PODS }),
    client.list(POD, { labelSelector: ROUTER_PODS }),
  ])
  return { controller: versionOf(controllers), router: versionOf(routers) }
}

function versionOf(pods: readonly Pod[]): string {
  const ready = pods.flatMap(({ status }) => status?.containerStatuses?.find((container) => container.ready) ?? [])
  const [container] = ready
  if (container === undefined) return 'not-found'
  const digest = /sha256:[0-9a-f]+/.exec(container.imageID)?.[0].slice(0, DIGEST_LENGTH)
  return digest === undefined ? container.image : `${container.image} (${digest})`
}
