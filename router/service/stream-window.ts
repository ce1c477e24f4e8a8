/** Bytes that may be under way to the far socket before we stop reading ours (protocol sheet, section 4.7). */
export const WINDOW_BYTES = 1_042_432

/**
 * We acknowledge after this many bytes written to our socket. Must stay well under the window of any peer, or its
 * sender waits for an acknowledgement that never falls due.
 */
export const ACKNOWLEDGE_EVERY_BYTES = 262_144

/** The sender's side of a stream's flow control: bytes sent against bytes that reached the far socket. */
export class SendWindow {
  #sent = 0
  #acknowledged = 0

  /** Counts `bytes` as sent. False asks the caller to stop until `acknowledge` answers true. */
  take(bytes: number): boolean {
    this.#sent += bytes
    return this.#open
  }

  /**
   * Takes the offset of a `received` disposition, in bytes since the start of the stream, and tells whether there is
   * room now. Offsets that go back, or beyond what was sent, change nothing: the peer cannot widen the window.
   */
  acknowledge(offset: number): boolean {
    if (offset > this.#acknowledged && offset <= this.#sent) this.#acknowledged = offset
    return this.#open
  }

  /** Bytes sent so far. */
  get sent(): number {
    return this.#sent
  }

  get #open(): boolean {
    return this.#sent - this.#acknowledged < WINDOW_BYTES
  }
}

/** The receiver's side: when the next acknowledgement falls due. */
export class ReceiveWindow {
  #acknowledged = 0

  /** True if `written`, the total that reached our socket, should be acknowledged now; counts it as done. */
  due(written: number): boolean {
    if (written - this.#acknowledged < ACKNOWLEDGE_EVERY_BYTES) return false
    this.#acknowledged = written
    return true
  }
}
