/** Reads the bytes of both directions of a connection of one protocol. Chunks are only looked at, never kept. */
export interface ProtocolObserver {
  /** False when the bytes turned out to be another protocol: there is nothing more to see. */
  onClientBytes(chunk: Buffer): boolean
  onServerBytes(chunk: Buffer): boolean
  /** The connection is over: what is unfinished ends now. */
  close(): void
}
