import { connect } from 'node:net'
import { messageOf } from '../../core/model/error.ts'
import type { Finding } from '../check/finding.ts'

const DEADLINE_MS = 2_000

/** Whether something accepts connections at a port; `part` is what the port is to a call. */
export async function checkPort(part: string, host: string, port: number): Promise<Finding> {
  const named = `${part} ${host}:${String(port)}`
  const reason = await refusal(host, port)
  if (reason === undefined) return { part: named, says: 'accepts connections' }
  return { part: named, says: reason, remedy: 'see that something listens there' }
}

function refusal(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: DEADLINE_MS })
    const end = (reason: string | undefined) => {
      socket.destroy()
      resolve(reason)
    }
    socket.once('connect', () => {
      end(undefined)
    })
    socket.once('timeout', () => {
      end(`does not answer within ${String(DEADLINE_MS / 1000)} s`)
    })
    socket.once('error', (error) => {
      end(messageOf(error))
    })
  })
}
