import type { Socket } from 'node:net'
import type { SkupperError } from '../../../core/model/error.ts'
import { dialSocket, type DialOptions } from '../../amqp/dial.ts'
import { Backoff } from './backoff.ts'

const DEFAULT_RETRY = { firstMs: 200, maxMs: 3_000 }
/** A connection that lived so long was a success: the next try comes soon. */
const STABLE_MS = 5_000

export interface DialLoopOptions {
  /** What to dial now; asked before each try, so that new certificates are taken. */
  readonly target: () => DialOptions
  /** Makes a connection of the socket. `onClosed` is to be called once when it ends. */
  readonly connect: (socket: Socket, onClosed: (reason?: SkupperError) => void) => void
  /** A try or a connection has ended; the next try follows. */
  readonly onFailed: (reason?: SkupperError) => void
  readonly random: () => number
  /** Pauses between tries; they double from `firstMs` to `maxMs`. */
  readonly retry?: { readonly firstMs: number; readonly maxMs: number } | undefined
  /** The time in ms. */
  readonly now: () => number
}

/** Keeps one connection: dials until it stands, and again when it has ended. */
export class DialLoop {
  readonly #options: DialLoopOptions
  #backoff: Backoff
  #timer: NodeJS.Timeout | undefined
  #cancel: (() => void) | undefined
  #running = false

  constructor(options: DialLoopOptions) {
    this.#options = options
    this.#backoff = new Backoff({ ...(options.retry ?? DEFAULT_RETRY), random: options.random })
  }

  start(): void {
    if (this.#running) return
    this.#running = true
    this.#dial()
  }

  /** From now on the pauses are the usual ones. */
  relax(): void {
    this.#backoff = new Backoff({ ...DEFAULT_RETRY, random: this.#options.random })
  }

  /** Gives up trying. The connection, if there is one, is its maker's to close. */
  stop(): void {
    this.#running = false
    clearTimeout(this.#timer)
    this.#cancel?.()
    this.#cancel = undefined
  }

  #dial(): void {
    this.#cancel = dialSocket(this.#options.target(), (error, socket) => {
      this.#cancel = undefined
      if (socket === undefined) this.#failed(error)
      else if (this.#running) this.#connect(socket)
      else socket.destroy()
    })
  }

  #connect(socket: Socket): void {
    const since = this.#options.now()
    this.#options.connect(socket, (reason) => {
      if (this.#options.now() - since > STABLE_MS) this.#backoff.reset()
      this.#failed(reason)
    })
  }

  #failed(reason: SkupperError | undefined): void {
    if (!this.#running) return
    this.#timer = setTimeout(() => {
      this.#dial()
    }, this.#backoff.next())
    this.#options.onFailed(reason)
  }
}
