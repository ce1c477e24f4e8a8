import type { DecodedMessage } from '../amqp/message.ts'
import type { SentMessage } from './messages.ts'

/** What telemetry needs of a network: inside a router its forwarder, in a controller an AMQP client. */
export interface TelemetryPort {
  /** Sends without waiting. Where nobody listens the message is lost, as telemetry may be. */
  send(message: SentMessage): void
  /** Calls `onMessage` for each message to `address`. Answers how to stop. */
  subscribe(address: string, onMessage: (message: DecodedMessage) => void): () => void
  /** Says at once and on each change whether somebody in the network listens to `address`. Answers how to stop. */
  watch(address: string, onChange: (reachable: boolean) => void): () => void
}
