import { createHash } from 'node:crypto'
import type { IncomingDelivery, OutgoingDelivery } from '../../router/amqp/delivery.ts'
import { uint } from '../../router/amqp/value.ts'
import type { Forwarder } from '../../router/mesh/forward/forwarder.ts'
import { stateText } from './recorded-handlers.ts'

/** What marks a stream as one of TCP; real routers carry no other. */
export const TCP_STREAM = { contentType: 'application/octet-stream', applicationProperties: new Map([['V', uint(1)]]) }

/** A real router's TCP side stops unless it hears of what was read (protocol sheet, section 4.7). */
const WINDOW_STEP_BYTES = 256 * 1024

/** What a test sees of one side of a stream. */
export class StreamRecord {
  bytes = 0
  readonly events: string[] = []
  readonly #hash = createHash('sha256')
  readonly #kept: Buffer[] = []

  take(chunk: Buffer): void {
    this.bytes += chunk.length
    this.#hash.update(chunk)
    if (this.bytes < 100_000) this.#kept.push(chunk)
  }

  /** Of short streams. */
  get text(): string {
    return Buffer.concat(this.#kept).toString()
  }

  digest(): string {
    return this.#hash.copy().digest('hex')
  }
}

/** A stream that was accepted: the test decides when it reads and what it answers. */
export interface TakenStream {
  readonly delivery: IncomingDelivery
  readonly replyTo: string | undefined
  readonly record: StreamRecord
}

/** Takes the streams for `address`, and accepts each at its end. */
export function take(forwarder: Forwarder, address: string): TakenStream[] {
  const taken: TakenStream[] = []
  forwarder.subscribe(address, (delivery, { replyTo }, first) => {
    const record = new StreamRecord()
    record.take(first)
    taken.push({ delivery, replyTo, record })
    delivery.handler = {
      onData: (chunk) => {
        record.take(chunk)
      },
      onEnd: (settled) => {
        record.events.push(settled ? 'end settled' : 'end')
        if (!settled) delivery.update({ kind: 'accepted' }, true)
      },
      onAborted: () => record.events.push('aborted'),
    }
  })
  return taken
}

/** Answers each stream for `address` with its own bytes, at the pace of whoever reads the answer. */
export function echo(forwarder: Forwarder, address: string): void {
  forwarder.subscribe(address, (delivery, { replyTo }, first) => {
    const answer = forwarder.open({ ...TCP_STREAM, to: replyTo ?? '' })
    if (answer === undefined) {
      delivery.update({ kind: 'modified', deliveryFailed: true, undeliverableHere: false }, true)
      return
    }
    answer.handler = {
      onState: () => undefined,
      onDrain: () => {
        delivery.resume()
      },
      onLost: () => {
        delivery.update({ kind: 'modified', deliveryFailed: true, undeliverableHere: false }, true)
      },
    }
    const send = (chunk: Buffer): void => {
      if (chunk.length > 0 && !answer.write(chunk)) delivery.pause()
    }
    delivery.handler = {
      onData: send,
      onEnd: (settled) => {
        answer.end()
        if (!settled) delivery.update({ kind: 'accepted' }, true)
      },
      onAborted: () => {
        answer.abort()
      },
    }
    send(first)
  })
}

/** A stream out and the one that answers it. */
export interface Call {
  readonly outgoing: OutgoingDelivery
  /** What comes back. */
  readonly answer: StreamRecord
  /** What the receiver says of the stream out: states, `lost`. */
  readonly states: string[]
  /** Bytes that `pour` has handed over, and whether it was asked to wait. */
  handedOver: number
  waiting: boolean
}

/** Opens a stream to `address` with a reply address of its own. */
export function call(forwarder: Forwarder, address: string): Call {
  const replyTo = forwarder.replyAddress()
  const answer = new StreamRecord()
  const subscription = forwarder.subscribe(replyTo, (delivery, _, first) => {
    answer.take(first)
    let told = 0
    delivery.handler = {
      onData: (chunk) => {
        answer.take(chunk)
        if (answer.bytes - told < WINDOW_STEP_BYTES) return
        told = answer.bytes
        delivery.update({ kind: 'received', offset: told }, false)
      },
      onEnd: (settled) => {
        answer.events.push('end')
        subscription.close()
        if (!settled) delivery.update({ kind: 'accepted' }, true)
      },
      onAborted: () => answer.events.push('aborted'),
    }
  })
  const outgoing = forwarder.open({ ...TCP_STREAM, to: address, replyTo, correlationId: 'test:1' })
  if (outgoing === undefined) throw new Error(`no destination for ${address}`)
  const states: string[] = []
  outgoing.handler = {
    onState: (state, settled) => states.push(stateText(state, settled)),
    onDrain: () => undefined,
    onLost: () => states.push('lost'),
  }
  return { outgoing, answer, states, handedOver: 0, waiting: false }
}

/**
 * Writes `count` times `chunk` at the pace of the links, then ends. With `windowBytes` it never is farther ahead of what
 * the receiver has said it received. Resolves when all is handed over.
 */
export function pour(flow: Call, chunk: Buffer, { count, windowBytes = Infinity }: Pouring): Promise<void> {
  const { outgoing } = flow
  const before = outgoing.handler
  let received = 0
  return new Promise((resolve) => {
    const write = (): void => {
      flow.waiting = false
      while (flow.handedOver < count * chunk.length && flow.handedOver - received < windowBytes) {
        flow.handedOver += chunk.length
        flow.waiting = !outgoing.write(chunk)
        if (flow.waiting) return
      }
      if (flow.handedOver < count * chunk.length) return
      outgoing.end()
      resolve()
    }
    outgoing.handler = {
      onLost: () => {
        before.onLost()
      },
      onDrain: write,
      onState: (state, settled) => {
        before.onState(state, settled)
        if (state?.kind !== 'received') return
        received = state.offset
        if (!flow.waiting) write()
      },
    }
    write()
  })
}

export interface Pouring {
  readonly count: number
  readonly windowBytes?: number
}
