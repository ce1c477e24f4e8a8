import type { DecodedMessage, Message } from '../../router/amqp/message.ts'

/** The part of `AmqpClient` that service sync and telemetry need: whole messages over the site's own router. */
export interface MessageClient {
  subscribe(
    address: string,
    onMessage: (message: DecodedMessage) => void,
    options: { credit: number },
  ): Promise<{ close(): void }>
  send(address: string, message: Message, options: { settled: boolean; deadlineMs?: number }): Promise<void>
}
