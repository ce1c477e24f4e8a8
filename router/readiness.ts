/** A link that does not come up within this time is taken for one that cannot, and does not keep clients out. */
const LINKS_WAIT_MS = 5_000
/** To learn all of a network takes a moment; a router that is gone and is still spoken of may never tell anything. */
const LEARNING_WAIT_MS = 10_000
/** A listener whose targets are known listens within this time. One without any is no reason to wait. */
const LISTENERS_WAIT_MS = 1_000

export interface ReadinessOptions {
  /** Milliseconds. */
  readonly now: () => number
  /** Whether all is known of the network beyond the links. */
  readonly isInformed: () => boolean
  readonly connectors: () => readonly ReadinessPart[]
  readonly tcpListeners: () => readonly ReadinessPart[]
}

/** Something that a router waits for before clients are sent to it. */
export interface ReadinessPart {
  readonly name: string
  readonly isUp: boolean
}

/**
 * Whether a router that has just started serves clients as well as those that are there: an orchestrator keeps the one
 * before until then. Once ready it stays so: a link that is lost later is no reason to send local clients away.
 */
export class Readiness {
  readonly #options: ReadinessOptions
  #startedAt: number | undefined
  #linkedAt: number | undefined
  #informedAt: number | undefined
  #ready = false

  constructor(options: ReadinessOptions) {
    this.#options = options
  }

  /** What is waited for; undefined once ready. To be asked after everything of the boot file was made. */
  waitsFor(): string | undefined {
    if (this.#ready) return undefined
    const { connectors, tcpListeners, now } = this.#options
    this.#startedAt ??= now()
    const link = downOf(connectors())
    if (link !== undefined && now() - this.#startedAt < LINKS_WAIT_MS) return `connector ${link.name} is not linked`
    this.#linkedAt ??= now()
    const listener = downOf(tcpListeners())
    if (listener !== undefined && !this.#hasWaited()) return `tcpListener ${listener.name} does not listen`
    this.#ready = true
    return undefined
  }

  /** Whether a listener that does not listen now has no target, as far as can be known. */
  #hasWaited(): boolean {
    const { connectors, isInformed, now } = this.#options
    const learning = connectors().some(({ isUp }) => isUp) && !isInformed()
    if (learning && now() - (this.#linkedAt ?? 0) < LEARNING_WAIT_MS) return false
    this.#informedAt ??= now()
    return now() - this.#informedAt >= LISTENERS_WAIT_MS
  }
}

function downOf(parts: readonly ReadinessPart[]): ReadinessPart | undefined {
  return parts.find(({ isUp }) => !isUp)
}
