import type { DeliveryState, IncomingDelivery } from '../amqp/delivery.ts'
import { DEAF_READER } from '../mesh/connection/deaf-handlers.ts'

/** Takes a delivery only to settle it with `state`; bytes that still come go nowhere. */
export function refuseDelivery(delivery: IncomingDelivery, state: DeliveryState): void {
  delivery.handler = DEAF_READER
  if (!delivery.settled) delivery.update(state, true)
}
