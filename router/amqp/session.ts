import type { Receiver, ReceiverHandler } from './receiver.ts'
import type { Cause } from './conditions.ts'
import type { Sender, SenderHandler } from './sender.ts'
import type { Terminus } from './terminus.ts'

export interface SenderOptions {
  /** Unique for each connection and direction; by default a random one. */
  name?: string | undefined
  source?: Terminus | undefined
  target?: Terminus | undefined
}

export interface ReceiverOptions extends SenderOptions {
  /** Credit the engine gives at once and renews as deliveries end; without it the owner uses `addCredit`. */
  credit?: number | undefined
}

/** A session: the links in it share one window of frames in each direction. */
export interface Session {
  openSender(o: SenderOptions, handler: SenderHandler): Sender
  openReceiver(o: ReceiverOptions, handler: ReceiverHandler): Receiver
  /** Ends the session and its links. Harmless when called twice. */
  end(cause?: Cause): void
}
