import { connect } from '../../core/kube/kube-config.ts'
import type { KubeClient } from '../../core/kube/kube-client.ts'
import { openKubeStore } from '../../core/kube/kube-store.ts'
import { CONFIG_MAP, DEPLOYMENT, SECRET } from '../../core/kube/resource-types.ts'
import { SITE_CONTROLLER } from '../../core/kube/site-rbac.ts'
import { settingOf } from '../../core/model/settings.ts'
import type { Site } from '../../core/model/site.ts'
import { findSite, requireSite } from '../site.ts'
import { controllerObjects, OWNER_CONFIG } from './kubernetes/controller-objects.ts'
import { keepConsoleUser } from './kubernetes/console-users.ts'
import { installCrds } from './kubernetes/install-crds.ts'
import { podObstacle } from './kubernetes/pod-obstacle.ts'
import { removeSite } from './kubernetes/remove-site.ts'
import { runningVersions } from './kubernetes/running-versions.ts'
import { refuseForeignSite } from './kubernetes/site-claim.ts'
import { changedSite, checkFlags, newSite } from './kubernetes/site-plan.ts'
import { TARGET_TYPES, workloadTarget } from './kubernetes/workload-target.ts'
import type { Platform, Resources } from './platform.ts'

export interface KubernetesOptions {
  namespace?: string
  context?: string
  kubeconfig?: string
  /** That of this release. */
  version: string
  /** In place of the released image. */
  image?: string | undefined
  env: Readonly<Record<string, string | undefined>>
}

/** A site in a namespace of a cluster: resources at its API server, programs in its pods. */
export async function kubernetesPlatform(options: KubernetesOptions): Promise<Platform> {
  const { namespace, context, kubeconfig, env } = options
  const client = await connect({ namespace, context, kubeconfig, fieldManager: 'skupper', env })
  const store = openKubeStore({ client, namespace: client.namespace, cached: false })
  const released = options.image ?? `localhost/skupper:${options.version}`
  const place = { namespace: client.namespace, resources: store }
  return {
    name: 'kubernetes',
    ...place,
    targetTypes: TARGET_TYPES,
    async setUp(flags) {
      checkFlags(flags)
      await installCrds(client)
      const [site, config] = await Promise.all([findSite(place), client.get(CONFIG_MAP, OWNER_CONFIG)])
      refuseForeignSite(client.namespace, site, config)
      const plan = site === undefined ? newSite(client.namespace, flags) : changedSite(site, flags)
      await applyController(client, plan.site, await imageFor(client, plan.site, released))
      await keepConsoleUser(client, plan.site, flags)
      if (plan.isNew || plan.changes.length > 0) await store.apply(plan.site)
      return plan
    },
    // The cluster starts what `setUp` has applied.
    start: () => Promise.resolve(undefined),
    obstacle: () => podObstacle(client, SITE_CONTROLLER),
    target: (name) => workloadTarget(client, name),
    listenerHost: (_site, address) => address,
    versions: () => runningVersions(client),
    async update(force) {
      const site = await requireSite(place)
      return updateTo(client, settingOf(site, 'image') || released, { site, force })
    },
    revokeAccess: () => revokeAccess(client, store),
    remove: (update) => removeSite(client, update),
    async dump() {
      const { kubernetesDump } = await import('./kubernetes/kubernetes-dump.ts')
      return kubernetesDump(client)
    },
    async problems() {
      const { problems } = await store.snapshot()
      return problems.map(({ file, message }) => `${file}: ${message}`)
    },
  }
}

async function applyController(client: KubeClient, site: Site, image: string): Promise<void> {
  for (const object of controllerObjects({ namespace: client.namespace, site, image })) await client.apply(object)
}

/** The image that the Site names, else the one that runs: only `update` moves a site to another release. */
async function imageFor(client: KubeClient, site: Site, released: string): Promise<string> {
  const named = settingOf(site, 'image')
  if (named !== '') return named
  return (await runningImage(client)) ?? released
}

async function runningImage(client: KubeClient): Promise<string | undefined> {
  const deployment = await client.get(DEPLOYMENT, SITE_CONTROLLER)
  return deployment?.spec?.template.spec?.containers[0]?.image
}

async function updateTo(
  client: KubeClient,
  image: string,
  { site, force }: { site: Site; force: boolean },
): Promise<boolean> {
  const isCurrent = (await runningImage(client)) === image
  if (isCurrent && !force) return false
  await applyController(client, site, image)
  if (!isCurrent) return true
  const annotations = { 'kubectl.kubernetes.io/restartedAt': new Date().toISOString() }
  await client.patch(DEPLOYMENT, SITE_CONTROLLER, { spec: { template: { metadata: { annotations } } } })
  return true
}

/** A new site CA: what the old one has signed, links and tokens of other sites, is worth nothing any more. */
async function revokeAccess(client: KubeClient, resources: Resources): Promise<string[]> {
  const grants = await resources.list('AccessGrant')
  for (const { metadata } of grants) await resources.delete('AccessGrant', metadata.name)
  const hadAuthority = await client.delete(SECRET, SITE_CA)
  return [
    `${String(grants.length)} token${grants.length === 1 ? '' : 's'} revoked.`,
    ...(hadAuthority
      ? ['The site gets a new certificate authority: links of other sites end, and need new tokens.']
      : []),
  ]
}

const SITE_CA = 'skupper-site-ca'
