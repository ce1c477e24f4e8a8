import { readdir } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { atRest, echoed, echoNetwork } from '../support/echo-network.ts'
import { eventually } from '../support/eventually.ts'
import { forgetPeak, memoryOf } from '../support/process-memory.ts'
import { tcpClient } from '../support/tcp-peers.ts'
import { tcpProxy, type TcpProxy } from '../support/tcp-proxy.ts'
import type { RouterProcess } from '../support/router-process.ts'

/** The environment asks for more: SOAK_FLAPS=300 is more than ten minutes. */
const FLAPS = Number(process.env['SOAK_FLAPS'] ?? 6)
const STREAMS = 40
const REQUESTS = 100
const MAX_GROWTH_BYTES = 48 * 1024 * 1024
const PATIENCE = { deadlineMs: 60_000 }

async function pidOf(router: RouterProcess): Promise<number> {
  return Number((await router.logged({ msg: 'ready' }))['pid'])
}

async function descriptorsOf(pid: number): Promise<number> {
  return (await readdir(`/proc/${String(pid)}/fd`)).length
}

/** Streams under way when the link is cut end with a reset; once it is back, no request fails. */
async function flap(network: { port: () => number }, link: TcpProxy): Promise<void> {
  const clients = await Promise.all(
    Array.from({ length: STREAMS }, async (_, n) => {
      const client = tcpClient(network.port())
      client.socket.write(`client ${String(n)}`)
      await eventually(() => client.text() === `client ${String(n)}`, PATIENCE)
      return client
    }),
  )
  await link.cut()
  for (const { outcome } of clients) expect(await outcome).toBe('ECONNRESET')
  await link.restore()
  await eventually(() => echoed(network.port(), 'back'), PATIENCE)
  const served = await Promise.all(
    Array.from({ length: REQUESTS }, (_, n) => echoed(network.port(), `request ${String(n)}`)),
  )
  expect(served).not.toContain(false)
}

test(
  `a link that is cut ${String(FLAPS)} times under load heals each time and leaves nothing behind`,
  { timeout: 120_000 + FLAPS * 10_000 },
  async () => {
    let link: TcpProxy | undefined
    const network = await echoNetwork({
      through: async (port) => {
        link = await tcpProxy({ host: '127.0.0.1', port })
        return link
      },
    })
    if (link === undefined) throw new Error('the link takes another way')
    await flap(network, link)
    await atRest(network)
    const pids = await Promise.all([pidOf(network.near), pidOf(network.far)])
    const before = await Promise.all(pids.map((pid) => descriptorsOf(pid)))
    for (const pid of pids) await forgetPeak(pid)
    const memory = await Promise.all(pids.map((pid) => memoryOf(pid)))

    for (let n = 1; n < FLAPS; n++) await flap(network, link)

    await atRest(network)
    await eventually(async () => {
      const after = await Promise.all(pids.map((pid) => descriptorsOf(pid)))
      for (const [at, count] of after.entries()) expect(count).toBeLessThanOrEqual(before[at] ?? 0)
      return true
    }, PATIENCE)
    for (const [at, pid] of pids.entries()) {
      const now = await memoryOf(pid)
      expect((now?.now ?? 0) - (memory[at]?.now ?? 0)).toBeLessThan(MAX_GROWTH_BYTES)
    }
  },
)
