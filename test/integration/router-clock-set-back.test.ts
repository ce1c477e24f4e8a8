import { join } from 'node:path'
import { writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { echoed } from '../support/echo-network.ts'
import { eventually } from '../support/eventually.ts'
import { connectorTo, routerConfig, testAuthorities } from '../support/router-config.ts'
import { startRouter } from '../support/router-process.ts'
import { echoPeer } from '../support/tcp-peers.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const PATIENCE = { deadlineMs: 60_000 }
const HOST = '127.0.0.1'
const A_DAY_MS = 86_400_000

/** Loaded before the program, it lives a day earlier. */
async function aDayEarlier(): Promise<string> {
  const file = join(await temporaryDirectory(), 'clock.mjs')
  const back = String(A_DAY_MS)
  await writeFile(
    file,
    `const now = Date.now, origin = performance.timeOrigin
     Date.now = () => now() - ${back}
     Object.defineProperty(performance, 'timeOrigin', { get: () => origin - ${back} })`,
  )
  return file
}

test.each(['by a router across it', 'by its neighbour'])(
  'a router whose clock was set back while it was down is believed again, %s',
  { timeout: 180_000 },
  async (whose) => {
    const authorities = await testAuthorities()
    const target = await echoPeer()
    const [farConfig, hubConfig, nearConfig] = await Promise.all(
      ['far', 'hub', 'near'].map((id) => routerConfig(id, authorities)),
    )
    if (farConfig === undefined || hubConfig === undefined || nearConfig === undefined) throw new Error('no config')
    const listener = ['tcpListener', { name: 'echo', address: 'echo:7', host: HOST, port: 0 }]
    const across = whose === 'by a router across it'
    const hub = await startRouter([...hubConfig.entities, ...(across ? [] : [listener])])
    const toHub = connectorTo('to-hub', await hub.port('links'))
    const near = across ? await startRouter([...nearConfig.entities, toHub, listener]) : hub
    const port = () => Number(near.logs({ msg: 'listening', listener: 'echo' }).at(-1)?.['port'])
    const connector = ['tcpConnector', { name: 'echo', address: 'echo:7', host: HOST, port: target.port }]
    const far = [...farConfig.entities, toHub, connector]

    const before = await startRouter(far)
    await eventually(() => echoed(port(), 'before'), PATIENCE)
    await before.kill()
    await eventually(async () => !(await echoed(port(), 'gone')), PATIENCE)

    const after = await startRouter(far, { environment: { NODE_OPTIONS: `--import ${await aDayEarlier()}` } })
    await eventually(() => echoed(port(), 'after'), PATIENCE)
    // It did start a day earlier.
    const [{ time } = {}] = after.logs({ msg: 'ready' })
    expect(Number(time)).toBeLessThan(Date.now() - A_DAY_MS / 2)
  },
)
