import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

const LOOPBACK = '127.0.0.1'

/** A TCP server of a test, on a free port; closed when the test ends. */
export interface TcpPeer {
  readonly port: number
  /** The connections it has accepted, in order; ended ones too. */
  readonly sockets: readonly Socket[]
  close(): Promise<void>
}

/** Starts a server that hands each connection to `serve`; connections are half-open after a FIN. */
export async function tcpPeer(serve: (socket: Socket) => void, host = LOOPBACK): Promise<TcpPeer> {
  const sockets: Socket[] = []
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.push(socket)
    // Resets are what many tests are about; each looks at its own end.
    socket.on('error', () => undefined)
    serve(socket)
  })
  server.listen({ port: 0, host, backlog: 2048 })
  await once(server, 'listening')
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy()
    if (!server.listening) return
    server.close()
    await once(server, 'close')
  }
  onTestFinished(close)
  return { port: portOf(server), sockets, close }
}

/** A server that sends back what it gets, and ends when its client ends. */
export function echoPeer(host = LOOPBACK): Promise<TcpPeer> {
  return tcpPeer((socket) => socket.pipe(socket), host)
}

/**
 * A port of 127.0.0.1 where nobody listens. It lies below those that the system gives to clients, so that none of them
 * has it by the time somebody listens there; test processes that run beside each other have others.
 */
export async function closedPort(): Promise<number> {
  for (let tries = 0; tries < PORTS_EACH; tries++) {
    const port = FIRST_PORT + (process.pid % PROCESSES) * PORTS_EACH + (portsGiven++ % PORTS_EACH)
    const server = createServer()
    const isFree = await new Promise((resolve) => {
      server.once('error', () => {
        resolve(false)
      })
      server.listen({ port, host: LOOPBACK }, () => {
        resolve(true)
      })
    })
    if (isFree !== true) continue
    server.close()
    await once(server, 'close')
    return port
  }
  throw new Error(`none of ${String(PORTS_EACH)} ports is free`)
}

const FIRST_PORT = 12_000
const PORTS_EACH = 200
const PROCESSES = 100
let portsGiven = 0

/** A client of a test. `outcome` resolves with `end`, or with the code of the error that broke the connection. */
export interface TcpClient {
  readonly socket: Socket
  readonly outcome: Promise<string>
  /** What has been received so far, as text. */
  readonly text: () => string
}

/** Connects to `port` and reads; its own direction stays open until the test ends it. */
export function tcpClient(port: number, host = LOOPBACK): TcpClient {
  const socket = connect({ port, host, allowHalfOpen: true, noDelay: true })
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  onTestFinished(() => {
    socket.destroy()
  })
  const outcome = new Promise<string>((resolve) => {
    socket.once('end', () => {
      resolve('end')
    })
    socket.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code ?? error.message)
    })
    socket.once('close', () => {
      resolve('closed')
    })
  })
  return { socket, outcome, text: () => Buffer.concat(chunks).toString() }
}

function portOf(server: Server): number {
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port')
  return address.port
}
