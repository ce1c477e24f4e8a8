import { once } from 'node:events'
import type { KubeClient } from '../../core/kube/kube-client.ts'
import { connect, connectDryRun } from '../../core/kube/kube-config.ts'
import { openKubeStore } from '../../core/kube/kube-store.ts'
import { leadWhile } from '../../core/kube/leader-election.ts'
import { DEPLOYMENT } from '../../core/kube/resource-types.ts'
import { SITE_CONTROLLER } from '../../core/kube/site-rbac.ts'
import type { ClusterFlags } from '../flags.ts'
import { serveHealth } from '../health-server.ts'
import type { Log } from '../log.ts'
import type { Clock } from '../site/site-run.ts'
import { HEALTH_PORT } from './cluster-ports.ts'
import { ControllerReadiness } from './controller-readiness.ts'
import { controlSite, rehearseSite } from './site-controller.ts'

/** What there is where nobody names another. */
const DEFAULT_IMAGE = 'localhost/skupper:dev'

export interface ClusterControllerOptions {
  readonly flags: ClusterFlags
  readonly version: string
  /** This controller among several: the name of its pod. */
  readonly holder: string
  /** The image of routers; the controller's own where it is not said. */
  readonly image: string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly random: () => number
  readonly log: Log
  /** The controller cannot go on. */
  readonly onFailed: (error: unknown) => void
}

/** Starts the controller of a namespace: answers probes at once, and works whenever it leads. */
export async function startClusterController(options: ClusterControllerOptions): Promise<{ close(): Promise<void> }> {
  const { flags, env, log, holder, random, onFailed } = options
  const { namespace, kubeconfig, context } = flags
  const client = await connect({ kubeconfig, context, namespace, fieldManager: SITE_CONTROLLER, env })
  const readiness = new ControllerReadiness(options.clock.wall)
  const health = await serveHealth(flags.healthPort ?? HEALTH_PORT, { notReady: () => readiness.obstacle })
  const stop = new AbortController()
  const election = { client, name: SITE_CONTROLLER, identity: holder, signal: stop.signal, log, random }
  const leading = leadWhile(election, (signal) => work(client, { ...options, readiness }, signal))
  leading.catch(onFailed)
  return {
    close: async () => {
      stop.abort()
      await leading.catch(() => undefined)
      health.close()
      client.close()
    },
  }
}

/** What the controller would do now, a line for each object. Nothing is done. */
export async function planOfCluster(options: Omit<ClusterControllerOptions, 'holder' | 'onFailed'>): Promise<string[]> {
  const { flags, env, log } = options
  const client = await connectDryRun({ ...flags, fieldManager: SITE_CONTROLLER, env })
  const { namespace } = client
  const image = options.image ?? (await ownImage(client))
  const store = openKubeStore({ client, namespace, log, cached: true })
  try {
    await rehearseSite({ ...options, client, store, namespace, image })
    return client.changes.map(({ action, object }) => `${action} ${object.kind} ${object.metadata.name}`)
  } finally {
    store.close()
    client.close()
  }
}

/** Does a leader's work until the signal aborts. */
async function work(
  client: KubeClient,
  options: ClusterControllerOptions & { readonly readiness: ControllerReadiness },
  signal: AbortSignal,
): Promise<void> {
  const { readiness, log } = options
  const { namespace } = client
  const image = options.image ?? (await ownImage(client))
  const store = openKubeStore({ client, namespace, log, cached: true })
  readiness.begins()
  try {
    const controller = await controlSite({ ...options, client, store, namespace, image })
    readiness.works(() => controller.staleSince)
    if (!signal.aborted) await once(signal, 'abort')
    await controller.close()
  } finally {
    readiness.stands()
    store.close()
  }
}

/** What the Deployment of this controller runs. */
async function ownImage(client: KubeClient): Promise<string> {
  const deployment = await client.get(DEPLOYMENT, SITE_CONTROLLER)
  return deployment?.spec?.template.spec?.containers[0]?.image ?? DEFAULT_IMAGE
}
