import type { ControlLink } from './control-link.ts'
import { FloodFilter } from './flood-filter.ts'
import type { MessageHead } from '../message-head.ts'
import { MAX_TRACE, encodeAnnotations, passedOn, traceName } from '../router-annotations.ts'

/** A control message on its way through this router. */
export interface PassingMessage {
  readonly bytes: Buffer
  readonly head: MessageHead
  /** The neighbour it came from. */
  readonly from: string
}

/** Passes other routers' control messages on: all bytes as they came, but for the annotations. */
export class ControlRelay {
  readonly #self: string
  readonly #filter = new FloodFilter()

  constructor(self: string) {
    this.#self = self
  }

  /**
   * Sends a message for every router to the neighbours that it has not passed. False: it was here before, and nobody
   * needs this copy, not even this router.
   */
  flood(message: PassingMessage, neighbours: ReadonlyMap<string, ControlLink>, now: number): boolean {
    const passed = this.#passed(message)
    if (passed.has(traceName(this.#self)) || passed.size >= MAX_TRACE) return false
    if (!this.#filter.admit(contentOf(message), now)) return false
    const copy = this.#copyOf(message)
    for (const [id, link] of neighbours) if (!passed.has(traceName(id))) link.send(copy)
    return true
  }

  /** Sends a message for one router towards it. */
  direct(message: PassingMessage, next: ControlLink | undefined): void {
    const passed = this.#passed(message)
    if (next === undefined || passed.has(traceName(next.peerId)) || passed.has(traceName(this.#self))) return
    next.send(this.#copyOf(message))
  }

  #passed({ head, from }: PassingMessage): Set<string> {
    return new Set([...(head.annotations?.trace ?? []), traceName(from)])
  }

  #copyOf(message: PassingMessage): Buffer {
    const annotations = encodeAnnotations(passedOn(message.head.annotations, this.#self))
    return Buffer.concat([annotations, contentOf(message)])
  }
}

function contentOf({ bytes, head }: PassingMessage): Buffer {
  return bytes.subarray(head.annotationsLength)
}
