import { setTimeout as delay } from 'node:timers/promises'
import { messageOf } from '../model/error.ts'
import { errorCode } from './errors.ts'
import type { InformerLog } from './informer.ts'
import type { KubeClient } from './kube-client.ts'
import type { Lease } from './library-objects.ts'
import { LEASE } from './resource-types.ts'
import { jittered } from './retry.ts'

/** How long a leader that is not heard of counts as leader. */
const LEASE_MS = 15_000
/** After so long without a renewal the leader gives up by itself: well before anybody else may take over. */
const RENEW_DEADLINE_MS = 10_000
const RETRY_MS = 2000

export interface LeaderElectionOptions {
  readonly client: KubeClient
  /** The name of the Lease, in the client's namespace. */
  readonly name: string
  /** Who we are: another one for each process. */
  readonly identity: string
  /** Ends it all. */
  readonly signal: AbortSignal
  readonly log: InformerLog
  /** Milliseconds; 15,000, 10,000 and 2,000 where left out. */
  readonly leaseMs?: number | undefined
  readonly renewDeadlineMs?: number | undefined
  readonly retryMs?: number | undefined
  readonly now?: (() => Date) | undefined
  /** From 0 to 1. */
  readonly random?: (() => number) | undefined
}

/**
 * Does `work` whenever this process is the leader, one of all that use the Lease, until the signal aborts. The signal
 * that `work` gets aborts when leadership ends, which leaves it `leaseMs - renewDeadlineMs` to stop; a new leader then
 * starts without waiting where this one could give the Lease back. What `work` throws goes on.
 */
export async function leadWhile(
  options: LeaderElectionOptions,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const { signal, log, name, identity } = options
  const seat = new LeaderSeat(options)
  while (!signal.aborted) {
    if (!(await seat.take())) {
      await pause(options, signal)
      continue
    }
    log.info({ lease: name, identity }, 'this process leads')
    const term = new AbortController()
    const renewing = renewUntilLost(seat, options, term)
    try {
      await work(AbortSignal.any([signal, term.signal]))
    } finally {
      term.abort()
      await renewing
      await seat.release()
    }
  }
}

/** Renews until the term ends, and ends it when no renewal came through for too long. */
async function renewUntilLost(seat: LeaderSeat, options: LeaderElectionOptions, term: AbortController): Promise<void> {
  const { renewDeadlineMs = RENEW_DEADLINE_MS, log, name, signal } = options
  const lose = (): void => {
    log.warn({ lease: name }, 'leadership is lost: the Lease could not be renewed in time')
    term.abort()
  }
  let deadline = setTimeout(lose, renewDeadlineMs)
  const ended = AbortSignal.any([signal, term.signal])
  for (;;) {
    await pause(options, ended)
    if (ended.aborted) break
    const outcome = await Promise.race([seat.renew(), aborted(ended)])
    if (outcome === 'taken') lose()
    if (outcome !== 'renewed') continue
    clearTimeout(deadline)
    deadline = setTimeout(lose, renewDeadlineMs)
  }
  clearTimeout(deadline)
}

/** One process's view of the Lease. */
class LeaderSeat {
  readonly #options: LeaderElectionOptions
  #seen: { version: string | undefined; at: number } | undefined
  #held: Lease | undefined

  constructor(options: LeaderElectionOptions) {
    this.#options = options
  }

  /** True where the Lease is ours now. An API server that is away is as good as somebody else's Lease. */
  async take(): Promise<boolean> {
    const { client, name, log } = this.#options
    try {
      const lease = await client.get(LEASE, name)
      if (lease !== undefined && !this.#isFree(lease)) return false
      this.#held = lease === undefined ? await client.create(this.#lease()) : await client.replace(this.#lease(lease))
      return true
    } catch (error) {
      if (!isRace(error)) log.warn({ lease: name, reason: messageOf(error) }, 'the Lease cannot be taken')
      return false
    }
  }

  async renew(): Promise<'renewed' | 'taken' | 'unknown'> {
    const { client, name, identity } = this.#options
    try {
      const lease = await client.get(LEASE, name)
      if (lease === undefined || lease.spec?.holderIdentity !== identity) return 'taken'
      this.#held = await client.replace(this.#lease(lease))
      return 'renewed'
    } catch {
      return 'unknown'
    }
  }

  /** Lets the next leader begin at once. */
  async release(): Promise<void> {
    const { client, name, identity, log } = this.#options
    if (this.#held === undefined) return
    this.#held = undefined
    try {
      const lease = await client.get(LEASE, name)
      if (lease?.spec?.holderIdentity !== identity) return
      await client.replace({ ...lease, spec: { ...lease.spec, holderIdentity: '', leaseDurationSeconds: 1 } })
    } catch (error) {
      log.info({ lease: name, reason: messageOf(error) }, 'the Lease could not be given back: it runs out')
    }
  }

  /**
   * Clocks of two machines may differ by any amount: a Lease has run out when it did not change for its duration as
   * this process's own clock has it.
   */
  #isFree(lease: Lease): boolean {
    const { holderIdentity = '', leaseDurationSeconds } = lease.spec ?? {}
    const version = lease.metadata.resourceVersion
    if (this.#seen?.version !== version) this.#seen = { version, at: performance.now() }
    if (holderIdentity === '' || holderIdentity === this.#options.identity) return true
    const durationMs = leaseDurationSeconds === undefined ? LEASE_MS : leaseDurationSeconds * 1000
    return performance.now() - (this.#seen?.at ?? 0) > durationMs
  }

  #lease(before?: Lease): Lease {
    const { name, identity, leaseMs = LEASE_MS, now = () => new Date(), client } = this.#options
    // MicroTime has six digits after the second.
    const time = now().toISOString().replace('Z', '000Z')
    const metadata = before?.metadata ?? { name, namespace: client.namespace }
    const leaseDurationSeconds = Math.max(1, Math.ceil(leaseMs / 1000))
    const term = termOf(before, identity, time)
    const spec = { holderIdentity: identity, leaseDurationSeconds, renewTime: time, ...term }
    return { ...before, apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec }
  }
}

/** Since when the holder has held it, and how often it changed hands. */
function termOf(before: Lease | undefined, identity: string, time: string) {
  const { holderIdentity, acquireTime = time, leaseTransitions = 0 } = before?.spec ?? {}
  if (holderIdentity === identity) return { acquireTime, leaseTransitions }
  return { acquireTime: time, leaseTransitions: before === undefined ? 0 : leaseTransitions + 1 }
}

function isRace(error: unknown): boolean {
  return errorCode(error) === 'kube/conflict' || errorCode(error) === 'kube/exists'
}

async function pause({ retryMs = RETRY_MS, random = Math.random }: LeaderElectionOptions, signal: AbortSignal) {
  await delay(jittered(retryMs, random), undefined, { signal }).catch(() => undefined)
}

function aborted(signal: AbortSignal): Promise<'ended'> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve('ended')
    signal.addEventListener('abort', () => {
      resolve('ended')
    })
  })
}
