import type {
  DeliveryState,
  IncomingDelivery,
  IncomingHandler,
  OutgoingDelivery,
  OutgoingHandler,
} from '../../router/amqp/delivery.ts'
import { DEAF_READER, DEAF_WRITER } from '../../router/mesh/connection/deaf-handlers.ts'

/** Notes what its writer does; the test plays the receiver through `handler`. */
export class FakeOutgoing implements OutgoingDelivery {
  handler: OutgoingHandler = DEAF_WRITER
  /** What `write` answers. */
  takesMore = true
  readonly calls: string[] = []
  #chunks: Buffer[] = []

  get text(): string {
    return Buffer.concat(this.#chunks).toString()
  }

  get bytes(): number {
    return this.#chunks.reduce((sum, chunk) => sum + chunk.length, 0)
  }

  /** All that was written, in one piece. */
  get written(): Buffer {
    return Buffer.concat(this.#chunks)
  }

  write(chunk: Buffer): boolean {
    this.#chunks.push(chunk)
    return this.takesMore
  }

  end(settled = false): void {
    this.calls.push(settled ? 'end settled' : 'end')
  }

  abort(): void {
    this.calls.push('abort')
  }
}

/** Notes what its reader does; the test plays the sender through `handler`. */
export class FakeIncoming implements IncomingDelivery {
  handler: IncomingHandler = DEAF_READER
  settled = false
  paused = false
  readonly updates: { state: DeliveryState; settled: boolean }[] = []

  pause(): void {
    this.paused = true
  }

  resume(): void {
    this.paused = false
  }

  update(state: DeliveryState, settled: boolean): void {
    this.updates.push({ state, settled })
  }
}
