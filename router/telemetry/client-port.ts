import type { AmqpClient } from '../amqp/client.ts'
import type { TelemetryPort } from './port.ts'

/**
 * Telemetry of a program beside the router, over its connection. A client cannot see who listens, so it always sends
 * and the router drops what nobody wants. `onError` is told what could not be sent or subscribed to.
 */
export function clientPort(client: AmqpClient, onError: (error: unknown) => void): TelemetryPort {
  return {
    send(message) {
      client.send(message.to, message, { settled: true }).catch(onError)
    },
    subscribe(address, onMessage) {
      const subscribed = client.subscribe(address, onMessage)
      subscribed.catch(onError)
      return () => {
        subscribed.then(
          (subscription) => {
            subscription.close()
          },
          () => undefined,
        )
      }
    },
    watch(_address, onChange) {
      onChange(true)
      return () => undefined
    },
  }
}
