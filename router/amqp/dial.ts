import type { Socket } from 'node:net'
import { SkupperError } from '../../core/model/error.ts'

export interface DialTls {
  /** PEM. */
  ca?: string | Buffer | undefined
  cert?: string | Buffer | undefined
  key?: string | Buffer | undefined
  servername?: string | undefined
  /** True unless said otherwise: the certificate must name the host. */
  verifyHostname?: boolean | undefined
}

export interface DialOptions {
  host: string
  port: number
  tls?: DialTls | undefined
  timeoutMs: number
}

/**
 * Connects by TCP or TLS. `done` is called exactly once, with a secured socket or an error (`amqp/dial-failed`,
 * `amqp/dial-timeout`, `amqp/tls-failed`). The function it returns gives up.
 */
export function dialSocket(
  _options: DialOptions,
  done: (error: SkupperError | undefined, socket?: Socket) => void,
): () => void {
  done(new SkupperError('amqp/dial-failed', 'the engine is being written'))
  return () => undefined
}
