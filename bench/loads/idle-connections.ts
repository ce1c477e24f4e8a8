import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

const REQUEST = 'GET / HTTP/1.1\r\nHost: bench\r\n\r\n'
/** Connections that are made at the same time: more would measure the length of a queue. */
const AT_ONCE = 25
const ANSWER_DEADLINE_MS = 10_000

/** Connections that have carried one request each and then say nothing. */
export interface IdleConnections {
  /** Connections that got no answer. */
  readonly errors: number
  close(): Promise<void>
}

export async function openIdleConnections(port: number, count: number): Promise<IdleConnections> {
  const sockets: Socket[] = []
  let errors = 0
  for (let made = 0; made < count; made += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - made) }, () => connect(port, '127.0.0.1'))
    const answered = await Promise.allSettled(some.map((socket) => answerTo(socket)))
    errors += answered.filter(({ status }) => status === 'rejected').length
    sockets.push(...some)
  }
  return {
    errors,
    async close() {
      const open = sockets.filter((socket) => !socket.closed)
      const closed = Promise.all(open.map((socket) => once(socket, 'close')))
      for (const socket of open) socket.destroy()
      await closed
    },
  }
}

async function answerTo(socket: Socket): Promise<void> {
  socket.write(REQUEST)
  await once(socket, 'data', { signal: AbortSignal.timeout(ANSWER_DEADLINE_MS) })
  // Whatever comes later, its end too, is of no interest.
  socket.resume().on('error', () => undefined)
}
