import { expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { connectorTo, routerConfig, testAuthorities } from '../support/router-config.ts'
import { startRouter, type RouterProcess } from '../support/router-process.ts'
import { echoPeer, tcpClient, type TcpClient } from '../support/tcp-peers.ts'

/** A quarter of them is kept for other things. */
const DESCRIPTORS = 200
const SOCKETS = 150
const CLIENTS = 400
const PATIENCE = { deadlineMs: 60_000 }
const SERVICE = { name: 'echo', address: 'echo:7', host: '127.0.0.1' }
const SPENT = { level: 'warn', msg: 'out of file descriptors: no more clients are taken' }
const FREE = { msg: 'there are file descriptors again: clients are taken' }

/** Clients at `near`, their target behind `far`; each router has as many descriptors as it is given. */
async function linkedRouters(descriptors: { near?: number; far?: number }) {
  const authorities = await testAuthorities()
  const target = await echoPeer()
  const [a, b] = await Promise.all([routerConfig('far', authorities), routerConfig('near', authorities)])
  const connector = ['tcpConnector', { ...SERVICE, port: target.port }]
  const far = await startRouter([...a.entities, connector], limit(descriptors.far))
  const link = connectorTo('to-far', await far.port('links'))
  const listener = ['tcpListener', { ...SERVICE, port: 0 }]
  const near = await startRouter([...b.entities, link, listener], limit(descriptors.near))
  await near.port('echo')
  return { near, far }
}

function limit(descriptors: number | undefined) {
  return descriptors === undefined ? {} : { descriptors }
}

function lastPort(router: RouterProcess): number {
  return Number(router.logs({ msg: 'listening', listener: 'echo' }).at(-1)?.['port'])
}

/** Tries so many clients one after the other; those that were served stay. */
async function crowd(port: number, size: number): Promise<{ served: TcpClient[]; refused: string[] }> {
  const served: TcpClient[] = []
  const refused: string[] = []
  for (let n = 0; n < size; n++) {
    const client = tcpClient(port)
    client.socket.write('hello')
    const answered = eventually(() => client.text() === 'hello', PATIENCE).then(() => 'served')
    const outcome = await Promise.race([answered, client.outcome])
    if (outcome === 'served') served.push(client)
    else refused.push(outcome)
  }
  return { served, refused }
}

async function served(router: RouterProcess): Promise<boolean> {
  const client = tcpClient(lastPort(router))
  client.socket.end('again')
  return (await client.outcome) === 'end' && client.text() === 'again'
}

test('a router that runs out of descriptors says so, takes no clients, keeps those it has, and goes on later', async () => {
  const { near } = await linkedRouters({ near: DESCRIPTORS })
  const { served: inside, refused } = await crowd(lastPort(near), CLIENTS)
  expect(inside).toHaveLength(SOCKETS)
  expect(new Set(refused)).toEqual(new Set(['ECONNREFUSED']))
  expect(near.logs(SPENT)).toHaveLength(1)
  const [first] = inside
  first?.socket.write(', still here')
  await eventually(() => first?.text() === 'hello, still here', PATIENCE)

  for (const { socket } of inside) socket.end()
  await near.logged(FREE, PATIENCE)
  await eventually(() => served(near), PATIENCE)
})

test('where the router beside the target runs out of descriptors, clients are refused and not answered with nothing', async () => {
  const { near, far } = await linkedRouters({ far: DESCRIPTORS })
  const { served: inside, refused } = await crowd(lastPort(near), CLIENTS / 2)
  expect(inside).toHaveLength(SOCKETS)
  expect(new Set(refused)).toEqual(new Set(['ECONNRESET']))
  expect(far.logs(SPENT)).toHaveLength(1)

  for (const { socket } of inside) socket.end()
  await far.logged(FREE, PATIENCE)
  await eventually(() => served(near), PATIENCE)
})
