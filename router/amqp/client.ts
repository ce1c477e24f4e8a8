import { SkupperError } from '../../core/model/error.ts'
import type { DialTls } from './dial.ts'
import type { DecodedMessage, Message } from './message.ts'

export interface ClientOptions {
  host: string
  port: number
  tls?: DialTls | undefined
  containerId: string
  /** For connecting, and for each call that names no other. */
  deadlineMs: number
}

/** A small client for whole messages, one connection: management, service sync, telemetry. It does not reconnect. */
export class AmqpClient {
  /** @throws SkupperError of `dialSocket`, `amqp/timeout`, or the reason of the close. */
  static connect(_options: ClientOptions): Promise<AmqpClient> {
    return Promise.reject(new SkupperError('amqp/dial-failed', 'the engine is being written'))
  }

  /** Receives whole messages from `address` (credit renewed by the client; messages are accepted). */
  subscribe(
    _address: string,
    _onMessage: (message: DecodedMessage) => void,
    _o?: { credit?: number; onDetached?: (error?: SkupperError) => void; deadlineMs?: number },
  ): Promise<{ close(): void }> {
    return Promise.reject(new SkupperError('amqp/closed', 'the engine is being written'))
  }

  /** Sends and waits for the outcome. @throws SkupperError `amqp/not-accepted` (given: outcome), `amqp/timeout`, `amqp/closed`, `amqp/detached`. */
  send(_address: string, _message: Message, _o?: { deadlineMs?: number; settled?: boolean }): Promise<void> {
    return Promise.reject(new SkupperError('amqp/closed', 'the engine is being written'))
  }

  /** Sends with a reply address of its own and waits for the reply with the same correlation id. */
  request(_address: string, _message: Message, _o?: { deadlineMs?: number }): Promise<DecodedMessage> {
    return Promise.reject(new SkupperError('amqp/closed', 'the engine is being written'))
  }

  /** Called once when the connection ends; at once if it has ended. */
  onClosed(_listener: (reason?: SkupperError) => void): void {
    return
  }

  /** Closes; resolves when the connection is gone. Harmless when called twice. */
  close(): Promise<void> {
    return Promise.resolve()
  }
}
