import { SkupperError } from '../../../core/model/error.ts'
import type { ControlLink, ControlLog } from '../control/control-link.ts'

const REMINDER_MS = 60_000

/** What is wrong with other routers, said once and not with each message. */
export class Complaints {
  readonly #log: ControlLog | undefined
  readonly #onDuplicateId: (routerId: string) => void
  readonly #garbled = new WeakSet<ControlLink>()
  readonly #duplicatesTold = new Map<string, number>()

  constructor(log: ControlLog | undefined, onDuplicateId: (routerId: string) => void) {
    this.#log = log
    this.#onDuplicateId = onDuplicateId
  }

  /** A message that could not be read: one line for each link. Errors of our own making are thrown on. */
  garbled(link: ControlLink, error: unknown): void {
    if (!(error instanceof SkupperError)) throw error
    if (this.#garbled.has(link)) return
    this.#garbled.add(link)
    this.#log?.warn({ peer: link.peerId, code: error.code }, `dropped a control message: ${error.message}`)
  }

  /** Two routers with one id: one line a minute. */
  duplicate(routerId: string, now: number): void {
    if (now - (this.#duplicatesTold.get(routerId) ?? -Infinity) < REMINDER_MS) return
    this.#duplicatesTold.set(routerId, now)
    this.#log?.warn({ router: routerId }, 'two routers of the network have the same id')
    this.#onDuplicateId(routerId)
  }
}
