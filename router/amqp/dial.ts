import { connect as connectTcp, isIP } from 'node:net'
import type { Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { TLSSocket } from 'node:tls'
import { messageOf, SkupperError } from '../../core/model/error.ts'

export interface DialTls {
  /** PEM. Without it the authorities that Node knows are trusted. */
  ca?: string | Buffer | undefined
  cert?: string | Buffer | undefined
  key?: string | Buffer | undefined
  /** The name asked for and verified; by default the host. */
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

export type DialDone = (error: SkupperError | undefined, socket?: Socket) => void

/**
 * Connects by TCP or TLS. `done` is called exactly once and never before this returns: with a secured socket, or with an
 * error: `amqp/dial-failed`, `amqp/dial-timeout`, `amqp/tls-failed`. The function it returns gives up without a word.
 */
export function dialSocket(options: DialOptions, done: DialDone): () => void {
  const dial = new Dial(options, done)
  return () => {
    dial.giveUp()
  }
}

class Dial {
  readonly #where: string
  readonly #done: DialDone
  readonly #timer: NodeJS.Timeout
  readonly #secured: 'connect' | 'secureConnect'
  #socket: Socket | undefined
  /** TCP is connected: what fails now is TLS. */
  #reached = false
  #over = false

  constructor(options: DialOptions, done: DialDone) {
    const { host, port, tls, timeoutMs } = options
    this.#where = `${host}:${String(port)}`
    this.#done = done
    this.#secured = tls === undefined ? 'connect' : 'secureConnect'
    this.#timer = setTimeout(() => {
      const message = `${this.#where} did not answer within ${String(timeoutMs)} ms`
      this.#fail(new SkupperError('amqp/dial-timeout', message, { given: this.#where }))
    }, timeoutMs)
    try {
      this.#socket = tls === undefined ? connectTcp({ host, port }) : openTls({ host, port }, tls)
      this.#listen(this.#socket)
    } catch (cause) {
      // The certificates cannot be used. Nobody is told before the constructor has returned.
      setImmediate(() => {
        this.#fail(this.#failure('tls-failed', cause))
      })
    }
  }

  giveUp(): void {
    if (this.#over) return
    this.#settle()
    this.#drop()
  }

  #listen(socket: Socket): void {
    socket.once('connect', () => {
      this.#reached = true
    })
    socket.once(this.#secured, this.#onSecured)
    socket.once('error', this.#onError)
    socket.once('close', this.#onClose)
  }

  readonly #onSecured = (): void => {
    if (this.#over) return
    this.#settle()
    this.#done(undefined, this.#socket)
  }

  readonly #onError = (cause: Error): void => {
    this.#fail(this.#failure(this.#reached ? 'tls-failed' : 'dial-failed', cause))
  }

  readonly #onClose = (): void => {
    this.#onError(new Error('the connection was closed'))
  }

  #failure(code: 'dial-failed' | 'tls-failed', cause: unknown): SkupperError {
    const what = code === 'tls-failed' ? 'no TLS with' : 'cannot reach'
    return new SkupperError(`amqp/${code}`, `${what} ${this.#where}: ${messageOf(cause)}`, {
      given: this.#where,
      cause,
    })
  }

  #fail(error: SkupperError): void {
    if (this.#over) return
    this.#settle()
    this.#drop()
    this.#done(error)
  }

  #settle(): void {
    this.#over = true
    clearTimeout(this.#timer)
    this.#socket?.off('error', this.#onError)
    this.#socket?.off('close', this.#onClose)
  }

  /** A socket nobody wants any more may still fail: that is nobody's matter. */
  #drop(): void {
    this.#socket?.on('error', () => undefined)
    this.#socket?.destroy()
  }
}

function openTls(
  to: { host: string; port: number },
  { servername = to.host, verifyHostname, ...tls }: DialTls,
): TLSSocket {
  return connectTls({
    ...to,
    ca: tls.ca,
    cert: tls.cert,
    key: tls.key,
    minVersion: 'TLSv1.2',
    // TLS allows no address as a server name.
    servername: isIP(servername) === 0 ? servername : '',
    ...(verifyHostname === false ? { checkServerIdentity: () => undefined } : {}),
  })
}
