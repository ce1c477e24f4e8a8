import { setTimeout as delay } from 'node:timers/promises'
import type { KubeClient } from '../core/kube/kube-client.ts'
import { messageOf } from '../core/model/error.ts'
import { ClusterKnowledge } from './cluster-knowledge.ts'
import { openHealthServer, type HealthServer } from './health-server.ts'
import { kubeSecrets } from './kube-secrets.ts'
import type { Log } from './log.ts'
import { WebhookMetrics } from './metrics.ts'
import { WebhookServer } from './server.ts'
import { ensureServingCertificate, suppliedServingCertificate, type ServingCertificate } from './serving-certificate.ts'
import { Upkeep } from './upkeep.ts'

/** How often certificates and configurations are looked at where nothing tells of a change. */
const UPKEEP_MS = 10_000
/** What changes within this time is taken up together. */
const GATHER_MS = 100
const KNOWLEDGE_DEADLINE_MS = 60_000
/** Whoever supplies the certificate may be later than we are. */
const SUPPLY_DEADLINE_MS = 120_000
const LOOK_AGAIN_MS = 1_000
/** How long API servers may still ask after this replica said that it is not ready any more. */
const WITHDRAWAL_MS = 5_000
const DRAIN_MS = 10_000

export interface ProgramOptions {
  /** Of the webhook's own namespace. */
  readonly client: KubeClient
  readonly host: string
  readonly port: number
  readonly healthPort: number
  /** Names and addresses by which API servers call. */
  readonly hosts: readonly string[]
  /** Where API servers find it, if not by its Service. */
  readonly url?: string | undefined
  /** The Secret that somebody else keeps the certificate in. */
  readonly suppliedSecret?: string | undefined
  readonly log: Log
  readonly random: () => number
  /** Milliseconds since the epoch. */
  readonly wall: () => number
}

/** The webhook as a program: its servers, what it knows of the cluster, and what it keeps there. */
export class WebhookProgram {
  readonly #options: ProgramOptions
  readonly #knowledge: ClusterKnowledge
  readonly #upkeep: Upkeep
  readonly #metrics = new WebhookMetrics()
  readonly #stop = new AbortController()
  #wake = new AbortController()
  #missing: string | undefined = 'what there is in the cluster is not known yet'
  #trusted: string | undefined
  #shown: ServingCertificate | undefined
  #server: WebhookServer | undefined
  #health: HealthServer | undefined

  constructor(options: ProgramOptions) {
    this.#options = options
    this.#upkeep = new Upkeep(options.client)
    this.#knowledge = new ClusterKnowledge({
      ...options,
      onChange: () => {
        this.#wake.abort()
      },
    })
  }

  /** Serves once the cluster is known and a certificate is there. Throws what stands in the way. */
  async start(): Promise<void> {
    const { host, port, healthPort, log } = this.#options
    this.#health = await openHealthServer({
      host,
      port: healthPort,
      metrics: this.#metrics,
      missing: () => this.#missing,
    })
    this.#knowledge.start()
    await this.#knowledge.ready(KNOWLEDGE_DEADLINE_MS)
    this.#missing = 'there is no certificate to serve with yet'
    const certificate = await this.#firstCertificate()
    this.#shown = certificate
    const parts = { view: () => this.#knowledge.view, metrics: this.#metrics, log, now: () => performance.now() }
    this.#server = await WebhookServer.open({ host, port, certificate, ...parts })
    this.#missing = undefined
    log.info({ port: this.port, until: new Date(certificate.notAfter).toISOString() }, 'serving reviews')
    void this.#keepUp()
  }

  get port(): number {
    return this.#server?.port ?? 0
  }

  /** Says that it is not ready, answers until nobody asks any more, then ends. */
  async close(withdrawalMs: number = WITHDRAWAL_MS): Promise<void> {
    this.#missing = 'it is ending'
    this.#stop.abort()
    await delay(withdrawalMs)
    await this.#server?.close(DRAIN_MS)
    this.#knowledge.close()
    this.#health?.close()
  }

  async #keepUp(): Promise<void> {
    const { log } = this.#options
    while (await this.#isToGoOn()) {
      try {
        await this.#renew()
        await this.#upkeep.keepPolicyReaders(this.#knowledge.controllerAccounts)
      } catch (error) {
        // What is served goes on; it is tried again.
        log.warn({ reason: messageOf(error) }, 'upkeep failed')
      }
    }
  }

  /** Waits for a change, or for some time; false once it is to end. */
  async #isToGoOn(): Promise<boolean> {
    const signal = AbortSignal.any([this.#stop.signal, this.#wake.signal])
    await delay(UPKEEP_MS, undefined, { signal }).catch(() => delay(GATHER_MS))
    this.#wake = new AbortController()
    return !this.#stop.signal.aborted
  }

  async #renew(): Promise<void> {
    const certificate = await this.#certificate()
    if (certificate.certificate === this.#shown?.certificate) return
    this.#shown = certificate
    this.#server?.replaceCertificate(certificate)
    this.#options.log.info({ until: new Date(certificate.notAfter).toISOString() }, 'serving with another certificate')
  }

  async #firstCertificate(): Promise<ServingCertificate> {
    const deadline = performance.now() + SUPPLY_DEADLINE_MS
    for (;;) {
      try {
        return await this.#certificate()
      } catch (error) {
        if (this.#options.suppliedSecret === undefined || performance.now() > deadline) throw error
        this.#missing = messageOf(error)
        await delay(LOOK_AGAIN_MS)
      }
    }
  }

  async #certificate(): Promise<ServingCertificate> {
    const { client, suppliedSecret, hosts, wall } = this.#options
    const secrets = kubeSecrets(client)
    if (suppliedSecret !== undefined) {
      await this.#trust(undefined)
      return suppliedServingCertificate({ secrets, name: suppliedSecret }, wall())
    }
    const trust = (bundle: string) => this.#trust(bundle)
    return ensureServingCertificate({ secrets, hosts, trust, trusted: this.#trusted }, wall())
  }

  async #trust(caBundle: string | undefined): Promise<void> {
    const { client, url } = this.#options
    const { policies } = this.#knowledge.view
    await this.#upkeep.keepConfigurations({ namespace: client.namespace, url, caBundle, policies: policies.exposure })
    this.#trusted = caBundle
  }
}
