import type { DecodedMessage } from '../amqp/message.ts'
import type { SentMessage } from './messages.ts'
import type { FlowPort } from './flows.ts'

/** What telemetry needs of the router's forwarder. */
export interface TelemetryForwarder {
  send(message: SentMessage): boolean
  onMessage(address: string, onMessage: (message: DecodedMessage) => void): { close(): void }
  watch(address: string, onChange: (reachable: boolean) => void): () => void
  reachable(address: string): boolean
}

/** Telemetry of the router itself, straight into its forwarder. */
export function forwarderPort(forwarder: TelemetryForwarder): FlowPort {
  return {
    send(message) {
      forwarder.send(message)
    },
    subscribe(address, onMessage) {
      const subscription = forwarder.onMessage(address, onMessage)
      return () => {
        subscription.close()
      }
    },
    watch: (address, onChange) => forwarder.watch(address, onChange),
    reachable: (address) => forwarder.reachable(address),
  }
}
