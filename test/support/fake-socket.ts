import { Duplex } from 'node:stream'

/** A TCP socket in memory: what the peer does and sees is in the test's hands. */
export class FakeSocket extends Duplex {
  /** Whether it was closed with RST. */
  reset = false
  /** What the peer has received. */
  received = ''
  #stuck = false
  #unstick: (() => void) | undefined

  constructor() {
    super({ allowHalfOpen: true, highWaterMark: 1024 })
    this.pause()
  }

  /** The peer stops to read: what is written stays here. */
  peerStopsReading(): void {
    this.#stuck = true
  }

  peerReadsAgain(): void {
    this.#stuck = false
    this.#unstick?.()
  }

  peerSends(bytes: string | Buffer): void {
    this.push(bytes)
  }

  peerEnds(): void {
    this.push(null)
  }

  peerResets(): void {
    this.destroy(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }))
  }

  resetAndDestroy(): this {
    this.reset = true
    return this.destroy()
  }

  override _read(): void {
    // The peer pushes by itself.
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.received += chunk.toString('latin1')
    if (this.#stuck) this.#unstick = done
    else done()
  }
}
