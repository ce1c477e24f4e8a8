import type { Site } from '../../core/model/site.ts'
import { ReconcileLoop } from '../reconcile-loop.ts'
import { identityOf, isSameIdentity } from './site-identity.ts'
import { ofKind } from './site-resources.ts'
import { SiteRun, type SiteRunOptions } from './site-run.ts'

/** Whatever changes is noticed by itself; this is for what was missed, and for certificates that grow old. */
const RECONCILE_EVERY_MS = 30_000
/** Changes within this time are taken up together. */
const GATHER_MS = 50
/** How long a router may drain before it is killed: a little longer than it gives its own connections. */
const ROUTER_GRACE_MS = 15_000

/** Whether there is a site to run: yes; no, and why; or there is nothing to come back to. */
export type Ground = { readonly kind: 'ours' } | { readonly kind: 'not-ours'; readonly why: string } | Gone
type Gone = { readonly kind: 'gone' }

export interface SiteKeeperOptions extends Omit<SiteRunOptions, 'identity' | 'onChange'> {
  /** Asked before every pass. */
  readonly ground: () => Promise<Ground>
  /** There is no Site, and nothing of ours runs any more: what is left of earlier ones may be removed. */
  readonly onVacant: () => Promise<void>
  /** There is nothing left to do. */
  readonly onGone: () => void
}

/** Keeps the site of one namespace running, as its resources say: none, one, or after a change another one. */
export class SiteKeeper {
  readonly #options: SiteKeeperOptions
  readonly #loop: ReconcileLoop
  readonly #stop = new AbortController()
  #run: SiteRun | undefined
  #told = ''

  constructor(options: SiteKeeperOptions) {
    this.#options = options
    this.#loop = new ReconcileLoop({
      reconcile: () => this.pass(),
      onError: (error) => {
        options.log.error({ err: error }, 'a pass failed, trying again')
      },
      everyMs: RECONCILE_EVERY_MS,
      gatherMs: GATHER_MS,
    })
  }

  start(): void {
    this.#options.store.watch(() => {
      this.#loop.trigger()
    }, this.#stop.signal)
    this.#loop.start()
  }

  /** Asks for a pass. */
  trigger(): void {
    this.#loop.trigger()
  }

  /** Lets the router drain, ends everything. May be called twice. */
  async close(): Promise<void> {
    this.#stop.abort()
    await this.#loop.close()
    await this.#run?.close(ROUTER_GRACE_MS)
  }

  /** One pass, now. Throws what keeps it from being made. */
  async pass(): Promise<void> {
    const { store, ground, onGone, onVacant } = this.#options
    const found = await ground()
    if (found.kind === 'gone') {
      onGone()
      return
    }
    const [site] = ofKind(await store.list('Site'), 'Site')
    if (found.kind === 'ours' && site !== undefined) {
      await this.#runSite(site)
      return
    }
    this.#tell(found.kind === 'ours' ? 'the namespace has no Site yet' : found.why)
    await this.#endRun()
    await onVacant()
  }

  async #runSite(site: Site): Promise<void> {
    const { store } = this.#options
    const identity = identityOf(site)
    if (identity === undefined) {
      // Somebody wrote the file by hand. The first copy gives it the id that it then keeps.
      await store.applyRuntime(site)
      this.#loop.trigger()
      return
    }
    if (this.#run !== undefined && !isSameIdentity(this.#run.identity, identity)) await this.#endRun()
    this.#run ??= await this.#begin(identity)
    await this.#run.reconcile()
  }

  async #begin(identity: SiteRun['identity']): Promise<SiteRun> {
    this.#tell(`site ${identity.name} begins`)
    const run = new SiteRun({
      ...this.#options,
      identity,
      onChange: () => {
        this.#loop.trigger()
      },
    })
    await run.start()
    return run
  }

  async #endRun(): Promise<void> {
    const run = this.#run
    this.#run = undefined
    if (run === undefined) return
    this.#tell(`site ${run.identity.name} ends`)
    await run.close(ROUTER_GRACE_MS)
  }

  #tell(message: string): void {
    if (message !== this.#told) this.#options.log.info({}, message)
    this.#told = message
  }
}
