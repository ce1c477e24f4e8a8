import type { LinkStateUpdate, RouterAdvertisement } from './control-message.ts'
import type { Peers } from './graph.ts'

/** Longer than any message is on its way: numbers that are still lower after this time come from a new start. */
const STALE_MS = 5_000
/** Returns to a start that was over before it is clear that two routers share an id: a late message makes two. */
const RETURNS_OF_A_DUPLICATE = 3

/** What the numbers of a message mean beside those known. */
export type Verdict = 'current' | 'restarted' | 'stale'

/** Another router, as far as its own messages and its neighbours' told. Times in ms. */
export class KnownRouter {
  readonly id: string
  /** Its neighbours; undefined until its link state has come, and again when that is too old. */
  peers: Peers | undefined = undefined
  /** The numbers of what is held here (0: nothing), and those it advertised. */
  linkSeq = 0
  mobileSeq = 0
  advertisedLinkSeq = 0
  advertisedMobileSeq = 0
  /** When it last said something of itself that was not stale. */
  heardAt: number
  /** When its route or its link state last changed. */
  changedAt: number
  /** Since when no route leads to it; undefined while one does. */
  lostAt: number | undefined
  readonly linkAsks = new Asks()
  readonly mobileAsks = new Asks()
  #instance: number | undefined
  /** The starts that spoke last and before, and how often the earlier one spoke again. */
  #speaker: number | undefined
  #earlierSpeaker: number | undefined
  #returns = 0

  constructor(id: string, now: number) {
    this.id = id
    this.heardAt = now
    this.changedAt = now
    this.lostAt = now
  }

  get instance(): number | undefined {
    return this.#instance
  }

  /** Whether two routers have been taking turns under this id since this was last asked. */
  takeDuplicate(): boolean {
    if (this.#returns < RETURNS_OF_A_DUPLICATE) return false
    this.#returns = 0
    return true
  }

  /** Takes the start that its own HELLO names. It comes on a live connection and is believed at once. */
  meet(instance: number): Verdict {
    this.#noteSpeaker(instance)
    return this.#start(instance, false)
  }

  /**
   * Takes what it says from afar, where old messages may come late. A larger instance is a restart. Lower numbers are
   * stale, unless nothing was heard for a while: then it restarted within one second, or its clock went back.
   */
  judge(said: RouterAdvertisement | LinkStateUpdate, now: number): Verdict {
    this.#noteSpeaker(said.instance)
    const lower = this.#isLower(said)
    if (lower && now - this.heardAt <= STALE_MS) return 'stale'
    this.heardAt = now
    return this.#start(said.instance, lower)
  }

  /** Notes an advertisement that was judged not stale. */
  advertised({ linkSeq, mobileSeq }: RouterAdvertisement): void {
    this.advertisedLinkSeq = linkSeq
    this.advertisedMobileSeq = mobileSeq
    this.linkAsks.reset()
    this.mobileAsks.reset()
  }

  /** A change of its addresses came without the one before. */
  missedAddresses(mobileSeq: number): void {
    this.advertisedMobileSeq = Math.max(this.advertisedMobileSeq, mobileSeq)
    this.mobileAsks.reset()
  }

  wantsLinkState(): boolean {
    return this.peers === undefined || this.advertisedLinkSeq > this.linkSeq
  }

  /** Before anything was advertised a question or two are free: the answer saves waiting for the advertisement. */
  wantsAddresses(): boolean {
    return this.advertisedMobileSeq > this.mobileSeq || (this.mobileSeq === 0 && this.mobileAsks.count < FREE_ASKS)
  }

  dropLinkState(): void {
    this.peers = undefined
    this.linkSeq = 0
    this.advertisedLinkSeq = 0
  }

  /** Its addresses were flushed: they are asked for anew once it can be reached. */
  dropAddresses(): void {
    this.mobileSeq = 0
    this.mobileAsks.reset()
  }

  #start(instance: number, again: boolean): Verdict {
    const restarted = this.#instance !== undefined && (again || this.#instance !== instance)
    if (restarted) {
      this.dropLinkState()
      this.dropAddresses()
      this.advertisedMobileSeq = 0
      this.linkAsks.reset()
    }
    this.#instance = instance
    return restarted ? 'restarted' : 'current'
  }

  #noteSpeaker(instance: number): void {
    if (instance === this.#speaker) return
    if (instance === this.#earlierSpeaker) this.#returns += 1
    this.#earlierSpeaker = this.#speaker
    this.#speaker = instance
  }

  #isLower(said: RouterAdvertisement | LinkStateUpdate): boolean {
    if (this.#instance === undefined || said.instance > this.#instance) return false
    if (said.instance < this.#instance) return true
    if (said.opcode === 'LSU') return false
    const { linkSeq, mobileSeq } = said
    return (
      linkSeq < Math.max(this.linkSeq, this.advertisedLinkSeq) ||
      mobileSeq < Math.max(this.mobileSeq, this.advertisedMobileSeq)
    )
  }
}

/** A little less than a tick, so that each tick may ask. */
const ASK_AGAIN_MS = 900
const MAX_ASKS = 5
const FREE_ASKS = 2

/** How often a question was put. It is put again at intervals, but not for ever. */
export class Asks {
  #count = 0
  #lastAt = -Infinity

  get count(): number {
    return this.#count
  }

  /** Whether to ask now; a yes counts as asked. */
  take(now: number): boolean {
    if (this.#count >= MAX_ASKS || now - this.#lastAt < ASK_AGAIN_MS) return false
    this.#count += 1
    this.#lastAt = now
    return true
  }

  reset(): void {
    this.#count = 0
    this.#lastAt = -Infinity
  }
}
