import type { KubeClient } from '../../../core/kube/kube-client.ts'
import { DEPLOYMENT } from '../../../core/kube/resource-types.ts'
import { SITE_CONTROLLER } from '../../../core/kube/site-rbac.ts'
import { settingOf } from '../../../core/model/settings.ts'
import type { Site } from '../../../core/model/site.ts'
import { controllerObjects } from './controller-objects.ts'

const RESTARTED = 'kubectl.kubernetes.io/restartedAt'

/**
 * Applies what runs the site's controller, of the image that the Site names, else of the one that runs, else of the
 * release: only an update moves a site to another release.
 */
export async function applyController(client: KubeClient, site: Site, released: string): Promise<void> {
  const named = settingOf(site, 'image')
  await applyImage(client, site, named === '' ? ((await runningImage(client)) ?? released) : named)
}

/** Moves the controller, and by it the routers, to a release. False where it is there already and not forced. */
export async function updateController(
  client: KubeClient,
  site: Site,
  { released, force }: { released: string; force: boolean },
): Promise<boolean> {
  const named = settingOf(site, 'image')
  const image = named === '' ? released : named
  const isCurrent = (await runningImage(client)) === image
  if (isCurrent && !force) return false
  await applyImage(client, site, image)
  if (isCurrent) await restart(client)
  return true
}

async function applyImage(client: KubeClient, site: Site, image: string): Promise<void> {
  for (const object of controllerObjects({ namespace: client.namespace, site, image })) await client.apply(object)
}

async function runningImage(client: KubeClient): Promise<string | undefined> {
  const deployment = await client.get(DEPLOYMENT, SITE_CONTROLLER)
  return deployment?.spec?.template.spec?.containers[0]?.image
}

/** As `kubectl rollout restart` does it. */
async function restart(client: KubeClient): Promise<void> {
  const annotations = { [RESTARTED]: new Date().toISOString() }
  await client.patch(DEPLOYMENT, { name: SITE_CONTROLLER }, { spec: { template: { metadata: { annotations } } } })
}
