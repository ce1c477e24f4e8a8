import type { IncomingHandler, OutgoingHandler } from '../amqp/delivery.ts'

const nothing = (): void => undefined

/** Stands in for the handler of a delivery that nobody reads yet, or any more. */
export const DEAF_READER: IncomingHandler = { onData: nothing, onEnd: nothing, onAborted: nothing }

/** Stands in for the handler of a delivery whose writer does not care what becomes of it. */
export const DEAF_WRITER: OutgoingHandler = { onState: nothing, onDrain: nothing, onLost: nothing }
