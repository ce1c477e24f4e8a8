import { CONFIG_MAP } from '../../core/kube/resource-types.ts'
import type { DryRunClient } from '../../core/kube/dry-run-client.ts'
import { connect, connectDryRun } from '../../core/kube/kube-config.ts'
import type { KubeClient } from '../../core/kube/kube-client.ts'
import type { KubeStore } from '../../core/kube/kube-store.ts'
import { SITE_CONTROLLER } from '../../core/kube/site-rbac.ts'
import type { Connector } from '../../core/model/connector.ts'
import type { AnyListener } from '../../core/model/multi-key-listener.ts'
import type { Site } from '../../core/model/site.ts'
import type { Finding } from '../check/finding.ts'
import type { SiteFlags } from '../site-flags.ts'
import { findSite, requireSite } from '../site.ts'
import type { Target, TargetName } from '../target.ts'
import { checkEntry, checkTarget } from './kubernetes/check-way.ts'
import { OWNER_CONFIG } from './kubernetes/controller-objects.ts'
import { applyController, updateController } from './kubernetes/controller-release.ts'
import { controllerSilence } from './kubernetes/controller-silence.ts'
import { keepConsoleUser } from './kubernetes/console-users.ts'
import type { TunnelMaker } from './kubernetes/kubernetes-dump.ts'
import { installMissingCrds, missingCrds } from './kubernetes/install-crds.ts'
import { namespaceResources } from './kubernetes/namespace-resources.ts'
import { podObstacle } from './kubernetes/pod-obstacle.ts'
import { removeSite } from './kubernetes/remove-site.ts'
import { revokeAccess } from './kubernetes/revoke-access.ts'
import { runningVersions } from './kubernetes/running-versions.ts'
import { refuseForeignSite } from './kubernetes/site-claim.ts'
import { changedSite, checkFlags, newSite } from './kubernetes/site-plan.ts'
import { TARGET_TYPES, workloadTarget } from './kubernetes/workload-target.ts'
import { withoutSecrets } from './kubernetes/without-secrets.ts'
import type { SetupPlan } from './setup-plan.ts'
import type { DumpFile, Platform, RunningVersions, Setup } from './platform.ts'

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

interface Connected {
  readonly client: KubeClient
  readonly image: string
  /** One that changes nothing. */
  readonly dryRunClient: () => Promise<DryRunClient>
  readonly tunnel: TunnelMaker
}

/** A site in a namespace of a cluster: resources at its API server, programs in its pods. */
export class KubernetesPlatform implements Platform {
  readonly name = 'kubernetes'
  readonly namespace: string
  readonly resources: KubeStore
  readonly targetTypes = TARGET_TYPES
  readonly #client: KubeClient
  /** The image of this release. */
  readonly #image: string

  readonly #dryRunClient: () => Promise<DryRunClient>

  readonly #tunnel: TunnelMaker

  constructor({ client, image, dryRunClient, tunnel }: Connected) {
    this.namespace = client.namespace
    this.resources = namespaceResources(client)
    this.#client = client
    this.#image = image
    this.#dryRunClient = dryRunClient
    this.#tunnel = tunnel
  }

  /** The platform that the flags and the kubeconfig lead to. Nothing is asked of the cluster yet. */
  static async connect(options: KubernetesOptions): Promise<KubernetesPlatform> {
    const { image, version, ...place } = options
    const wish = { ...place, fieldManager: 'skupper' }
    const client = await connect(wish)
    const { namespace } = client
    return new KubernetesPlatform({
      client,
      image: image ?? `localhost/skupper:${version}`,
      dryRunClient: () => connectDryRun(wish),
      tunnel: async (pod, port) => {
        const { podTunnel } = await import('../../core/kube/pod-tunnel.ts')
        return podTunnel(wish, { namespace, pod, port })
      },
    })
  }

  async setUp(flags: SiteFlags): Promise<Setup> {
    checkFlags(flags)
    const remarks = await installMissingCrds(this.#client)
    return { ...(await this.#makeSite(this.#client, flags)), remarks }
  }

  async plan(flags: SiteFlags): Promise<SetupPlan> {
    checkFlags(flags)
    const client = await this.#dryRunClient()
    for (const crd of await missingCrds(client)) await client.apply(crd)
    const { isNew, changes } = await this.#makeSite(client, flags)
    const objects = client.changes.map(({ action, object }) => ({ action, object: withoutSecrets(object) }))
    return { isNew, changes, objects }
  }

  async #makeSite(client: KubeClient, flags: SiteFlags): Promise<Setup> {
    const [site, config] = await Promise.all([findSite(this), client.get(CONFIG_MAP, OWNER_CONFIG)])
    refuseForeignSite(this.namespace, site, config)
    const plan = site === undefined ? newSite(this.namespace, flags) : changedSite(site, flags)
    await applyController(client, plan.site, this.#image)
    await keepConsoleUser(client, plan.site, flags)
    if (plan.isNew || plan.changes.length > 0) await namespaceResources(client).apply(plan.site)
    return plan
  }

  /** The cluster starts what `setUp` has applied. */
  start(): Promise<undefined> {
    return Promise.resolve(undefined)
  }

  obstacle(): Promise<string | undefined> {
    return podObstacle(this.#client, SITE_CONTROLLER)
  }

  target(name: TargetName): Promise<Target> {
    return workloadTarget(this.#client, name)
  }

  listenerHost(_site: Site, address: string): string {
    return address
  }

  versions(): Promise<RunningVersions> {
    return runningVersions(this.#client)
  }

  async update(force: boolean): Promise<boolean> {
    return updateController(this.#client, await requireSite(this), { released: this.#image, force })
  }

  revokeAccess(): Promise<string[]> {
    return revokeAccess(this.#client, this.resources)
  }

  remove(update: (text: string) => void): Promise<void> {
    return removeSite(this.#client, update)
  }

  checkEntry(listener: AnyListener): Promise<Finding> {
    return checkEntry(this.#client, listener)
  }

  checkTarget(connector: Connector): Promise<Finding> {
    return checkTarget(this.#client, connector)
  }

  async dump(): Promise<DumpFile[]> {
    const { kubernetesDump } = await import('./kubernetes/kubernetes-dump.ts')
    return kubernetesDump(this.#client, this.#tunnel)
  }

  silentSince(): Promise<string | undefined> {
    return controllerSilence(this.#client)
  }

  problems(): Promise<string[]> {
    return Promise.resolve(this.resources.problems().map(({ message }) => message))
  }
}
