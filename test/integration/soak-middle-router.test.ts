import { expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { connectorTo, routerConfig, testAuthorities } from '../support/router-config.ts'
import { startRouter, type RouterProcess } from '../support/router-process.ts'
import { echoPeer, tcpClient, type TcpClient } from '../support/tcp-peers.ts'

/** The environment asks for more: SOAK_STREAMS=2000. */
const STREAMS = Number(process.env['SOAK_STREAMS'] ?? 200)
const DEADLINE_MS = 120_000
const PATIENCE = { deadlineMs: 60_000 }
const SERVICE = { name: 'echo', address: 'echo:7', host: '127.0.0.1' }

/** Clients at `near`, their target behind `far`, and one or more routers side by side in between. */
async function crossing(...middles: string[]) {
  const authorities = await testAuthorities()
  const target = await echoPeer()
  const [nearConfig, farConfig] = await Promise.all([
    routerConfig('near', authorities),
    routerConfig('far', authorities),
  ])
  const between = new Map<string, RouterProcess>()
  for (const id of middles) {
    const { entities } = await routerConfig(id, authorities)
    between.set(id, await startRouter(entities, { flags: ['--grace-seconds', '60'] }))
  }
  const links = await Promise.all([...between].map(async ([id, router]) => connectorTo(id, await router.port('links'))))
  await startRouter([...farConfig.entities, ...links, ['tcpConnector', { ...SERVICE, port: target.port }]])
  const near = await startRouter([...nearConfig.entities, ...links, ['tcpListener', { ...SERVICE, port: 0 }]])
  const port = () => Number(near.logs({ msg: 'listening', listener: 'echo' }).at(-1)?.['port'])
  await eventually(() => port() > 0, PATIENCE)
  const middle = (id: string): RouterProcess => {
    const router = between.get(id)
    if (router === undefined) throw new Error(`no router ${id}`)
    return router
  }
  return { target, near, port, middle }
}

async function talking(port: number, text: string): Promise<TcpClient> {
  const client = tcpClient(port)
  client.socket.write(text)
  await eventually(() => client.text() === text, PATIENCE)
  return client
}

async function asked(port: number): Promise<boolean> {
  const client = tcpClient(port)
  client.socket.end('question')
  return (await client.outcome) === 'end' && client.text() === 'question'
}

test(
  `a middle router that is killed ends the ${String(STREAMS)} streams across it on both sides`,
  async () => {
    const { target, port, middle } = await crossing('middle')
    const clients = await Promise.all(Array.from({ length: STREAMS }, (_, n) => talking(port(), `client ${String(n)}`)))
    await middle('middle').kill()
    for (const { outcome } of clients) expect(await outcome).toBe('ECONNRESET')
    await eventually(() => target.sockets.every(({ closed }) => closed), PATIENCE)
  },
  DEADLINE_MS,
)

test(
  'with a second path, a middle router that ends in order cuts nothing and fails no request',
  async () => {
    const { port, middle } = await crossing('one', 'two')
    const clients = await Promise.all(Array.from({ length: STREAMS }, (_, n) => talking(port(), `client ${String(n)}`)))
    const ended = middle('one').ended.then(() => true)
    middle('one').signal('SIGTERM')
    await middle('one').logged({ msg: 'draining' })
    const failed: number[] = []
    for (let request = 0; request < STREAMS; request++) if (!(await asked(port()))) failed.push(request)
    for (const [n, client] of clients.entries()) {
      client.socket.end(', and the end')
      expect(await client.outcome, `outcome of client ${String(n)}`).toBe('end')
      expect(client.text()).toBe(`client ${String(n)}, and the end`)
    }
    expect(await ended).toBe(true)
    for (let request = 0; request < STREAMS; request++) if (!(await asked(port()))) failed.push(STREAMS + request)
    expect(failed).toEqual([])
  },
  DEADLINE_MS,
)
