import { expect, test } from 'vitest'
import { atRest, echoed, echoNetwork } from '../support/echo-network.ts'
import { memoryOf } from '../support/process-memory.ts'

/** The environment asks for more: SOAK_CONNECTIONS=1000000. SOAK_REPORT=1 prints the memory on the way. */
const CONNECTIONS = Number(process.env['SOAK_CONNECTIONS'] ?? 4_000)
const REPORT = process.env['SOAK_REPORT'] === '1'
const AT_A_TIME = 64
/** What a garbage collector that has not run yet may leave, for a router. */
const MAX_GROWTH_BYTES = 64 * 1024 * 1024
const PARTS = 4

test(
  `${String(CONNECTIONS)} short connections are all answered, and memory does not grow with their number`,
  { timeout: 120_000 + CONNECTIONS * 10 },
  async () => {
    const network = await echoNetwork()
    const routers = [network.near, network.far]
    const pids = await Promise.all(
      routers.map(async (router) => Number((await router.logged({ msg: 'ready' }))['pid'])),
    )
    const residents: number[][] = []
    for (let part = 0; part < PARTS; part++) {
      await shortConnections(network.port(), CONNECTIONS / PARTS)
      residents.push(await Promise.all(pids.map(async (pid) => (await memoryOf(pid))?.now ?? 0)))
      if (REPORT) console.info(residents.at(-1)?.map((bytes) => `${String(Math.round(bytes / 2 ** 20))} MiB`))
    }
    await atRest(network)
    const [first = [], last = []] = [residents[0], residents.at(-1)]
    for (const [at, bytes] of last.entries()) expect(bytes - (first[at] ?? 0)).toBeLessThan(MAX_GROWTH_BYTES)
  },
)

async function shortConnections(port: number, count: number): Promise<void> {
  let begun = 0
  const failed: number[] = []
  const worker = async (): Promise<void> => {
    while (begun < count) {
      const n = begun++
      if (!(await echoed(port, `client ${String(n)}`))) failed.push(n)
    }
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, worker))
  expect(failed).toEqual([])
}
