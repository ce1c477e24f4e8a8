import { connect } from '../../core/kube/kube-config.ts'
import { openKubeStore } from '../../core/kube/kube-store.ts'
import { SITE_CONTROLLER } from '../../core/kube/site-rbac.ts'
import { serveHealth } from '../health-server.ts'
import type { ClusterFlags } from '../flags.ts'
import type { Log } from '../log.ts'
import type { Clock } from '../site/site-run.ts'
import { HEALTH_PORT } from './cluster-ports.ts'
import { controlSite } from './site-controller.ts'

/** What there is where nobody names another. */
const DEFAULT_IMAGE = 'localhost/skupper:dev'

export interface ClusterControllerOptions {
  readonly flags: ClusterFlags
  readonly version: string
  /** This controller among several: the name of its pod. */
  readonly holder: string
  readonly image: string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly random: () => number
  readonly log: Log
  /** Somebody else leads: this process has to end. */
  readonly onLost: (reason: string) => void
}

/** Starts the controller of a namespace: answers probes at once, and works once it leads. */
export async function startClusterController(options: ClusterControllerOptions): Promise<{ close(): Promise<void> }> {
  const { flags, env, log } = options
  const { namespace: asked, kubeconfig, context } = flags
  const client = await connect({ kubeconfig, context, namespace: asked, fieldManager: SITE_CONTROLLER, env })
  const { namespace } = client
  const health = await serveHealth(HEALTH_PORT, { notReady: () => undefined })
  const store = await openKubeStore({ client, namespace, log, cached: true })
  const controller = await controlSite({ ...options, client, store, namespace, image: options.image ?? DEFAULT_IMAGE })
  return {
    close: async () => {
      await controller.close()
      store.close()
      health.close()
      client.close()
    },
  }
}
