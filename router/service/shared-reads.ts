import { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'

/** What one read can take from a socket. */
const READ_BYTES = 65_536

/**
 * All sockets of services read into this buffer, and what came is copied out of it in the same call. A buffer for each
 * read, which Node makes otherwise, and the way through a stream's own buffer cost more than all we do with the bytes.
 */
const buffer = Buffer.allocUnsafeSlow(READ_BYTES)

/** The `onread` option of a socket: its bytes go to `onBytes`, and it emits no 'data'. */
export function sharedReads(onBytes: (bytes: Buffer) => void): { buffer: Buffer; callback: (size: number) => boolean } {
  return {
    buffer,
    callback(size) {
      const bytes = Buffer.allocUnsafe(size)
      buffer.copy(bytes, 0, 0, size)
      onBytes(bytes)
      return true
    },
  }
}

/** Where a socket keeps the parts of its `onread`; undefined in a Node that keeps them elsewhere. */
const [BUFFER, CALLBACK] = ['kBuffer', 'kBufferCb'].map((name) =>
  Object.getOwnPropertySymbols(new Socket()).find(({ description }) => description === name),
)

/**
 * Gives `onread` to a socket that was accepted and not read yet. Node takes that option only from who makes a socket,
 * so this sets what the option sets. Where that is not possible the socket goes on to emit 'data', as one with TLS does:
 * its first bytes may have come with the handshake.
 */
export function shareReads(socket: object, onBytes: (bytes: Buffer) => void): void {
  const handle: unknown = Reflect.get(socket, '_handle')
  if (socket instanceof TLSSocket || BUFFER === undefined || CALLBACK === undefined || !takesBuffer(handle)) return
  handle.useUserBuffer(buffer)
  Object.assign(socket, { [BUFFER]: buffer, [CALLBACK]: sharedReads(onBytes).callback })
}

function takesBuffer(handle: unknown): handle is { useUserBuffer(into: Buffer): void } {
  return typeof handle === 'object' && handle !== null && 'useUserBuffer' in handle
}
