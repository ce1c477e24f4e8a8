import { connect, type Socket } from 'node:net'
import { KEEP_ALIVE_MS } from './listening-socket.ts'
import { sharedReads } from './shared-reads.ts'

/**
 * Starts to connect to a target, whose name is looked up each time so that it may move. The socket is half-open on FIN
 * and paused; once resumed it hands its bytes to `onBytes` and emits no 'data'.
 */
export function targetSocket(target: { host: string; port: number }, onBytes: (bytes: Buffer) => void): Socket {
  const socket = connect({
    host: target.host,
    port: target.port,
    allowHalfOpen: true,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_MS,
    onread: sharedReads(onBytes),
  })
  return socket.pause()
}
