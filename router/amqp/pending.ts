import { SkupperError } from '../../core/model/error.ts'

/** A promise that its maker settles; otherwise time does, with `amqp/timeout`. */
export class Pending<T> {
  readonly promise: Promise<T>
  readonly #settle: PromiseWithResolvers<T>
  readonly #timer: NodeJS.Timeout
  #settled = false

  /** `what` is what did not happen, for the error's text. */
  constructor(deadlineMs: number, what: string) {
    this.#settle = Promise.withResolvers<T>()
    this.promise = this.#settle.promise
    // Who waits for it hears of a rejection; that nobody waits any more is no fault.
    this.promise.catch(() => undefined)
    this.#timer = setTimeout(() => {
      this.reject(new SkupperError('amqp/timeout', `${what} within ${String(deadlineMs)} ms`))
    }, deadlineMs)
  }

  get settled(): boolean {
    return this.#settled
  }

  resolve(value: T): void {
    this.#end()
    this.#settle.resolve(value)
  }

  reject(error: SkupperError): void {
    this.#end()
    this.#settle.reject(error)
  }

  #end(): void {
    this.#settled = true
    clearTimeout(this.#timer)
  }
}
