import type { IncomingHandler, OutgoingHandler } from '../../amqp/delivery.ts'
import type { ReceiverHandler } from '../../amqp/receiver.ts'
import type { SenderHandler } from '../../amqp/sender.ts'

const nothing = (): void => undefined

/** Stands in for the handler of a delivery that nobody reads yet, or any more. */
export const DEAF_READER: IncomingHandler = { onData: nothing, onEnd: nothing, onAborted: nothing }

/** Stands in for the handler of a delivery whose writer does not care what becomes of it. */
export const DEAF_WRITER: OutgoingHandler = { onState: nothing, onDrain: nothing, onLost: nothing }

/** Stands in for the handler of a link until its owner has it in hand. */
export const DEAF_LINK: SenderHandler & ReceiverHandler = {
  onCredit: nothing,
  onDelivery: nothing,
  onDetached: nothing,
}
