import { createHash } from 'node:crypto'
import type { SkupperError } from '../../core/model/error.ts'
import type {
  DeliveryState,
  IncomingDelivery,
  IncomingHandler,
  OutgoingDelivery,
  OutgoingHandler,
} from '../../router/amqp/delivery.ts'
import type { Receiver, ReceiverHandler } from '../../router/amqp/receiver.ts'
import type { Sender, SenderHandler } from '../../router/amqp/sender.ts'
import type { Session } from '../../router/amqp/session.ts'
import { eventually } from './eventually.ts'

/** Reads a delivery: keeps its text up to a bound, its hash, and what it heard. */
export class RecordedIncoming implements IncomingHandler {
  readonly delivery: IncomingDelivery
  readonly heard: ('end' | 'end settled' | 'aborted')[] = []
  readonly #hash = createHash('sha256')
  readonly #chunks: Buffer[] = []
  bytes = 0
  /** Called for each chunk. */
  onChunk: () => void = () => undefined

  constructor(delivery: IncomingDelivery) {
    this.delivery = delivery
    delivery.handler = this
  }

  onData(chunk: Buffer): void {
    this.bytes += chunk.length
    this.#hash.update(chunk)
    if (this.bytes < 1_000_000) this.#chunks.push(Buffer.from(chunk))
    this.onChunk()
  }

  onEnd(settled: boolean): void {
    this.heard.push(settled ? 'end settled' : 'end')
  }

  onAborted(): void {
    this.heard.push('aborted')
  }

  get content(): Buffer {
    return Buffer.concat(this.#chunks)
  }

  get text(): string {
    return this.content.toString()
  }

  get hash(): string {
    return this.#hash.copy().digest('hex')
  }
}

/** Owns a receiving link: keeps its deliveries. */
export class RecordedReceiver implements ReceiverHandler {
  readonly deliveries: RecordedIncoming[] = []
  readonly detached: (SkupperError | undefined)[] = []
  attached = 0
  drained = 0
  /** Called for each delivery, after its reader is set. */
  onNext: (incoming: RecordedIncoming) => void = () => undefined

  onAttached(): void {
    this.attached++
  }

  onDelivery(delivery: IncomingDelivery): void {
    const incoming = new RecordedIncoming(delivery)
    this.deliveries.push(incoming)
    this.onNext(incoming)
  }

  onDrained(): void {
    this.drained++
  }

  onDetached(error?: SkupperError): void {
    this.detached.push(error)
  }

  /** The delivery of that number, once it is there. */
  nth(n: number): Promise<RecordedIncoming> {
    return eventually(() => this.deliveries[n])
  }
}

/** Owns a sending link. */
export class RecordedSender implements SenderHandler {
  readonly detached: (SkupperError | undefined)[] = []
  attached = 0
  credits = 0
  onCreditOnce: (() => void) | undefined

  onAttached(): void {
    this.attached++
  }

  onCredit(): void {
    this.credits++
    const next = this.onCreditOnce
    this.onCreditOnce = undefined
    next?.()
  }

  onDetached(error?: SkupperError): void {
    this.detached.push(error)
  }
}

/** Writes a delivery: keeps what it hears of it. */
export class RecordedOutgoing implements OutgoingHandler {
  readonly delivery: OutgoingDelivery
  readonly states: [DeliveryState | undefined, boolean][] = []
  drains = 0
  lost = 0
  onMore: () => void = () => undefined

  constructor(delivery: OutgoingDelivery) {
    this.delivery = delivery
    delivery.handler = this
  }

  onState(state: DeliveryState | undefined, settled: boolean): void {
    this.states.push([state, settled])
  }

  onDrain(): void {
    this.drains++
    this.onMore()
  }

  onLost(): void {
    this.lost++
  }

  write(text: string): boolean {
    return this.delivery.write(Buffer.from(text))
  }
}

export interface LinkPair {
  sender: Sender
  senderHandler: RecordedSender
  receiver: RecordedReceiver
}

/** What a listener does to take every link: receivers get credit and their handler is found by the link's name. */
export class Acceptor {
  readonly receivers = new Map<string, { link: Receiver; handler: RecordedReceiver }>()
  readonly senders = new Map<string, { link: Sender; handler: RecordedSender }>()
  credit = 10
  prepare: (handler: RecordedReceiver) => void = () => undefined

  readonly attach = (link: Sender | Receiver): void => {
    if (link.role === 'receiver') {
      const handler = new RecordedReceiver()
      this.prepare(handler)
      link.handler = handler
      this.receivers.set(link.name, { link, handler })
      link.accept({ credit: this.credit })
    } else {
      const handler = new RecordedSender()
      link.handler = handler
      this.senders.set(link.name, { link, handler })
      link.accept()
    }
  }
}

/** A sender with credit, and the receiver at the other end. */
export async function openLink(session: Session, acceptor: Acceptor, name = 'link'): Promise<LinkPair> {
  const senderHandler = new RecordedSender()
  const sender = session.openSender({ name, target: { address: 'x' } }, senderHandler)
  await eventually(() => sender.credit > 0 || acceptor.credit === 0)
  const { handler: receiver } = await eventually(() => acceptor.receivers.get(name))
  return { sender, senderHandler, receiver }
}

/** Writes `total` bytes as fast as the delivery takes them, ends it, and answers their hash. */
export function stream(outgoing: RecordedOutgoing, total: number, chunkBytes = 65_536): Promise<string> {
  const hash = createHash('sha256')
  let left = total
  let count = 0
  return new Promise((resolve) => {
    const pump = () => {
      while (left > 0) {
        const chunk = Buffer.alloc(Math.min(left, chunkBytes), count++ % 251)
        left -= chunk.length
        hash.update(chunk)
        if (!outgoing.delivery.write(chunk)) return
      }
      outgoing.delivery.end()
      resolve(hash.digest('hex'))
      outgoing.onMore = () => undefined
    }
    outgoing.onMore = pump
    pump()
  })
}
