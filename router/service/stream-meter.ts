import type { SkupperError } from '../../core/model/error.ts'

/** Bytes of one connection so far. */
export interface StreamCounts {
  /** Read from our socket. */
  readonly bytesIn: number
  /** Written to our socket. */
  readonly bytesOut: number
}

/** Follows one connection for telemetry. A connection that nobody wants to know of has none. */
export interface StreamMeter {
  /** The connection stands. */
  onStart(stream: StreamCounts): void
  /** Bytes came from the socket. They may only be looked at. */
  onTaken(chunk: Buffer): void
  /** Bytes go to the socket. They may only be looked at. */
  onWritten(chunk: Buffer): void
  /** It is over; `failure` is why, where it did not end by itself. */
  onOver(failure: SkupperError | undefined): void
}

/** How a failure is named in telemetry: its code, and what happened. */
export function failureText({ code, message }: SkupperError): string {
  return `${code}: ${message}`
}
