import { describe, expect, test } from 'vitest'
import type { EntityConfig } from '../../router/config/entities.ts'
import { eventually } from '../support/eventually.ts'
import { manage } from '../support/manage.ts'
import { linkTo, routerConfig, testAuthorities } from '../support/router-config.ts'
import { startRouter } from '../support/router-process.ts'
import { SKROUTERD, startSkupperRouter, UNLESS_SKROUTERD } from '../support/skrouterd.ts'
import { closedPort, echoPeer, tcpClient, type TcpClient } from '../support/tcp-peers.ts'

const HOST = '127.0.0.1'
const SERVICE = { name: 'echo', address: 'echo:7', host: HOST }
const STREAMS = 30
const PATIENCE = { deadlineMs: 60_000 }

/** Clients at `near`, their target behind `far`; in between a router of ours and, at a higher cost, skupper-router. */
async function crossing() {
  const authorities = await testAuthorities()
  const target = await echoPeer()
  const [near, far, ours] = await Promise.all(['near', 'far', 'ours'].map((id) => routerConfig(id, authorities)))
  if (near === undefined || far === undefined || ours === undefined) throw new Error('each has a configuration')
  const [ourPort, realPort] = [await closedPort(), await closedPort()]
  const entities = ours.entities.map((entity): EntityConfig => {
    const [type, attributes] = entity
    return type === 'listener' && attributes.name === 'links' ? [type, { ...attributes, port: ourPort }] : entity
  })
  const start = () => startRouter(entities, { flags: ['--grace-seconds', '60'] })
  const middle = await start()
  const open = ['listener', { name: 'links', role: 'inter-router', host: HOST, port: realPort, cost: 5 }] as const
  const managed = await closedPort()
  await startSkupperRouter(
    'real',
    [open, ['listener', { name: 'clients', host: HOST, port: managed }]],
    [realPort, managed],
  )
  const links: EntityConfig[] = [
    ['connector', { name: 'ours', ...linkTo(ourPort) }],
    ['connector', { name: 'real', role: 'inter-router', host: HOST, port: realPort, cost: 5 }],
  ]
  const server = await startRouter([...far.entities, ...links, ['tcpConnector', { ...SERVICE, port: target.port }]])
  const clients = await startRouter([...near.entities, ...links, ['tcpListener', { ...SERVICE, port: 0 }]])
  for (const router of [server, clients]) {
    for (const peer of ['ours', 'real']) await router.logged({ msg: 'connection opened', peer }, PATIENCE)
  }
  const port = () => Number(clients.logs({ msg: 'listening', listener: 'echo' }).at(-1)?.['port'])
  await eventually(() => port() > 0, PATIENCE)
  // The second path has to be there before the first one goes.
  const real = await manage(managed)
  await eventually(async () => {
    const nodes = await real.query('router.node')
    const reached = nodes.filter(({ cost }) => Number(cost ?? 0) > 0).map(({ id }) => id)
    const address = (await real.query('router.address')).find(({ key }) => String(key).endsWith('Mecho:7'))
    return reached.includes('near') && reached.includes('far') && Number(address?.['remoteCount'] ?? 0) > 0
  }, PATIENCE)
  return { middle, start, port }
}

async function talking(port: number, text: string): Promise<TcpClient> {
  const client = tcpClient(port)
  client.socket.write(text)
  await eventually(() => client.text() === text, PATIENCE)
  return client
}

async function answered(port: number): Promise<boolean> {
  const client = tcpClient(port)
  client.socket.end('question')
  return (await client.outcome) === 'end' && client.text() === 'question'
}

async function failures(port: () => number): Promise<number> {
  let failed = 0
  for (let request = 0; request < STREAMS; request++) if (!(await answered(port()))) failed += 1
  return failed
}

describe.skipIf(SKROUTERD === '')(`a rolling restart with skupper-router as the second path${UNLESS_SKROUTERD}`, () => {
  test('cuts no stream, and fails no request', { timeout: 180_000 }, async () => {
    const { middle, start, port } = await crossing()
    const clients = await Promise.all(Array.from({ length: STREAMS }, (_, n) => talking(port(), `client ${String(n)}`)))
    middle.signal('SIGTERM')
    // skupper-router gives back what it does not expect on a way of its own until it has heard of the change.
    expect(await failures(port)).toBe(0)
    await middle.logged({ msg: 'draining' }, PATIENCE)
    expect(await failures(port)).toBe(0)
    for (const [n, client] of clients.entries()) {
      client.socket.end(', and the end')
      expect(await client.outcome, `outcome of client ${String(n)}`).toBe('end')
      expect(client.text()).toBe(`client ${String(n)}, and the end`)
    }
    expect(await middle.ended).toEqual({ code: 0, signal: null })
    expect(await failures(port)).toBe(0)
    const again = await start()
    await again.logged({ msg: 'connection opened', peer: 'near' }, PATIENCE)
    await again.logged({ msg: 'connection opened', peer: 'far' }, PATIENCE)
    expect(await failures(port)).toBe(0)
  })
})
