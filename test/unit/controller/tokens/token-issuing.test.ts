import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { TokenIssuing, type TokenPlace } from '../../../../controller/tokens/token-issuing.ts'
import { Grants } from '../../../../controller/token-server/grants.ts'
import { PeerBook } from '../../../../controller/token-server/peer-book.ts'
import { RedemptionDesk } from '../../../../controller/token-server/redemption-desk.ts'
import { RenewalDesk } from '../../../../controller/token-server/renewal-desk.ts'
import { accessGrant } from '../../../support/access-grants.ts'
import { issuingSite } from '../../../support/issuing-site.ts'
import { MemoryStore } from '../../../support/memory-store.ts'
import { RecordedLog } from '../../../support/recorded-log.ts'
import { serverCredentials } from '../../../support/server-credentials.ts'
import { takePort } from '../../../support/taken-port.ts'

const NOW = new Date()
const HOST = '127.0.6.5'

function issuing() {
  const store = new MemoryStore([accessGrant()])
  const log = new RecordedLog()
  const grants = new Grants(store)
  const chosen = { again: 0 }
  const shared = { peers: new PeerBook(store), site: () => issuingSite(NOW.getTime()), now: Date.now, log }
  const desks = { redemptions: new RedemptionDesk({ grants, ...shared }), renewals: new RenewalDesk(shared) }
  const choosePort = () => {
    chosen.again++
    return Promise.resolve()
  }
  const made = new TokenIssuing({ grants, desks, choosePort, now: Date.now, log })
  onTestFinished(() => made.close())
  return { made, store, chosen }
}

async function freePlace(changes: Partial<TokenPlace> = {}): Promise<TokenPlace> {
  const { port, release } = await takePort(HOST)
  await release()
  return {
    kind: 'place',
    host: HOST,
    port,
    advertised: { host: 'east.example', port },
    credentials: await serverCredentials(),
    ...changes,
  }
}

const accepts = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect({ host: HOST, port })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => {
      resolve(false)
    })
  })

test('serves at its place, and grants say where', async () => {
  const { made, store } = issuing()
  const place = await freePlace()
  await made.reconcile(place, NOW)
  expect(made.trouble).toBeUndefined()
  expect(await accepts(place.port)).toBe(true)
  const grant = await store.get('AccessGrant', 'east')
  expect(grant?.status?.url).toContain(`https://east.example:${String(place.port)}/`)
  expect(grant?.status?.ca).toBe(place.credentials.ca)
})

test('an IPv6 address is put into brackets', async () => {
  const { made, store } = issuing()
  const place = await freePlace({ advertised: { host: '2001:db8::7', port: 8081 } })
  await made.reconcile(place, NOW)
  expect((await store.get('AccessGrant', 'east'))?.status?.url).toContain('https://[2001:db8::7]:8081/')
})

test('moves when its place moves, and stops when there is none', async () => {
  const { made } = issuing()
  const [first, second] = [await freePlace(), await freePlace()]
  await made.reconcile(first, NOW)
  await made.reconcile(second, NOW)
  expect([await accepts(first.port), await accepts(second.port)]).toEqual([false, true])
  await made.reconcile({ kind: 'refused', message: 'no links here' }, NOW)
  expect(await accepts(second.port)).toBe(false)
  expect(made.trouble).toEqual({ reason: 'Error', message: 'no links here' })
})

test('a port that is taken is told and another one asked for', async () => {
  const { made, chosen } = issuing()
  const { port } = await takePort(HOST)
  await made.reconcile(await freePlace({ port }), NOW)
  expect(made.trouble).toMatchObject({ reason: 'Pending' })
  expect(made.trouble?.message).toContain(String(port))
  expect(chosen.again).toBe(1)
})

test('while it starts, so do grants', async () => {
  const { made, store } = issuing()
  await made.reconcile({ kind: 'starting', message: 'no certificate yet' }, NOW)
  expect((await store.get('AccessGrant', 'east'))?.status).toMatchObject({
    status: 'Pending',
    message: 'no certificate yet',
  })
  expect(made.trouble).toEqual({ reason: 'Pending', message: 'no certificate yet' })
})
