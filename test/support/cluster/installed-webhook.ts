import { onTestFinished } from 'vitest'
import { WEBHOOK, WEBHOOK_NAMESPACE } from '../../../core/kube/webhook/webhook-name.ts'
import { eventually } from '../eventually.ts'
import type { ClusterNamespace } from './kubectl.ts'

const DEADLINE_MS = 60_000

/** The webhook as pods in the cluster of a namespace, until the test has finished. */
export class InstalledWebhook {
  readonly #place: ClusterNamespace

  private constructor(place: ClusterNamespace) {
    this.#place = place
  }

  /** Installs it as users do, and waits until API servers ask it. */
  static async in(place: ClusterNamespace): Promise<InstalledWebhook> {
    const webhook = await InstalledWebhook.install(place)
    await webhook.asked()
    return webhook
  }

  /** Installs it as users do. */
  static async install(place: ClusterNamespace, ...flags: string[]): Promise<InstalledWebhook> {
    const webhook = new InstalledWebhook(place)
    onTestFinished(async () => {
      await place.skupperOk('--namespace', WEBHOOK_NAMESPACE, 'webhook', 'uninstall')
    })
    await place.skupperOk('--namespace', WEBHOOK_NAMESPACE, 'webhook', 'install', ...flags)
    return webhook
  }

  /** kubectl in the webhook's own namespace. */
  kubectl(...args: string[]): Promise<string> {
    return this.#place.kubectl(['--namespace', WEBHOOK_NAMESPACE, ...args])
  }

  /** Waits until an object that it would refuse is refused. */
  async asked(): Promise<void> {
    await eventually(async () => (await this.#probe()).includes('wanted one of true'), { deadlineMs: DEADLINE_MS })
  }

  /** Ends all its pods: the configurations by which it is asked stay. */
  async stop(): Promise<void> {
    await this.kubectl('scale', 'deployment', WEBHOOK, '--replicas=0')
    await this.kubectl('wait', '--for=delete', 'pod', '--all', '--timeout=60s')
    await eventually(async () => (await this.#probe()) === '', { deadlineMs: DEADLINE_MS })
  }

  /** What is said against an object with a wrong annotation; nothing where nobody looked. */
  #probe(): Promise<string> {
    const probe = `{apiVersion: v1, kind: Service, metadata: {name: probe, annotations: {skupper.io/expose: wrong}}, spec: {ports: [{port: 1}]}}`
    return this.#place.kubectl(['apply', '--dry-run=server', '-f', '-'], probe).then(
      () => '',
      (error: unknown) => (error as Error).message,
    )
  }
}
