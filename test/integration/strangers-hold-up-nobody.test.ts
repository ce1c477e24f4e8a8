import { once } from 'node:events'
import { connect as connectTls } from 'node:tls'
import { expect, test } from 'vitest'
import { certificatesFor } from '../support/certificates.ts'
import { eventually } from '../support/eventually.ts'
import { manage } from '../support/manage.ts'
import { startRouter as startRouterHere } from '../support/mesh.ts'
import { connectorTo, otherAuthorities, routerConfig, testAuthorities } from '../support/router-config.ts'
import { startRouter, type RouterProcess } from '../support/router-process.ts'
import { strangers } from '../support/strangers.ts'
import { redeemer, tokenSite } from '../support/token-site.ts'

/** More than any listener takes in a handshake. */
const COUNT = 1_000
const MAX_HANDSHAKES = 256
/** What a log takes at once, and what comes back while a test runs. */
const MAX_LINES = 40

const VISITS: [string, Buffer][] = [
  ['say nothing', Buffer.alloc(0)],
  ['begin a TLS handshake', Buffer.from('16030100c8010000c40303', 'hex')],
  ['speak HTTP', Buffer.from('GET / HTTP/1.1\r\nhost: x\r\n\r\n')],
  ['send garbage', Buffer.alloc(4096, 0xa5)],
]

function refusals({ log }: RouterProcess): number {
  return log.filter(({ msg }) => msg?.startsWith('refused a peer') === true).length
}

async function linkedFrom(router: RouterProcess): Promise<void> {
  const { entities, clientTls } = await routerConfig('caller', await testAuthorities())
  const caller = await startRouter([...entities, connectorTo('link', await router.port('links'))])
  const local = await manage(await caller.port('local'), clientTls)
  await eventually(async () => {
    const [connector] = await local.query('connector')
    expect(connector?.['connectionStatus']).toBe('SUCCESS')
    return true
  })
}

test.each(VISITS)(
  'of peers that %s few stay, with few log lines, and routers and clients come in',
  async (_, bytes) => {
    const { entities, clientTls } = await routerConfig('a', await testAuthorities())
    const router = await startRouter(entities)
    for (const listener of ['links', 'local']) {
      const group = await strangers(await router.port(listener), COUNT, bytes)
      await eventually(() => group.open <= MAX_HANDSHAKES)
    }
    await manage(await router.port('local'), clientTls)
    await linkedFrom(router)
    expect(refusals(router)).toBeGreaterThan(0)
    expect(refusals(router)).toBeLessThan(2 * MAX_LINES)
  },
)

test('peers with certificates of another CA are refused, with few log lines', async () => {
  const { entities } = await routerConfig('a', await testAuthorities())
  const router = await startRouter(entities)
  const { clientTls } = await routerConfig('b', await otherAuthorities())
  const port = await router.port('links')
  for (let n = 0; n < 100; n++) {
    const socket = connectTls({ ...clientTls, host: '127.0.0.1', port, rejectUnauthorized: false })
    socket.on('error', () => undefined)
    socket.resume()
    await once(socket, 'close')
  }
  await eventually(() => refusals(router) > 0)
  expect(refusals(router)).toBeLessThan(MAX_LINES)
  await linkedFrom(router)
})

test('a peer that does not finish its TLS handshake is dropped when its time is over', async () => {
  const { west: tls } = await certificatesFor('west')
  const west = await startRouterHere('west', { listener: { tls, limits: { tlsHandshakeMs: 100 } } })
  const group = await strangers(west.port, 3)
  await eventually(() => group.open === 0)
  expect(west.log.filter((line) => line.includes('refused a peer'))).toHaveLength(3)
})

test.each(VISITS)('of peers that %s to the token server few stay, and a token is redeemed', async (_, bytes) => {
  const { server, token, log } = await tokenSite()
  const group = await strangers(server.port, COUNT, bytes)
  await eventually(() => group.open <= MAX_HANDSHAKES)
  await redeemer('west-id').redeem(token)
  group.leave()
  expect(log.lines.length).toBeLessThan(MAX_LINES)
})

test('requests that are never finished make room for a token', async () => {
  const { server, token } = await tokenSite()
  const sockets = Array.from({ length: MAX_HANDSHAKES }, () => {
    const socket = connectTls({ host: '127.0.0.1', port: server.port, ca: token.spec.ca })
    socket.on('error', () => undefined)
    socket.write('POST / HTTP/1.1\r\nhost: x\r\n')
    return socket
  })
  await eventually(() => sockets.every(({ authorized }) => authorized))
  await redeemer('west-id').redeem(token)
  for (const socket of sockets) socket.destroy()
})
