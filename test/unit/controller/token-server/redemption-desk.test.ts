import { beforeAll, describe, expect, test } from 'vitest'
import { Grants } from '../../../../controller/token-server/grants.ts'
import { readLedger } from '../../../../controller/token-server/grant-ledger.ts'
import { PeerBook } from '../../../../controller/token-server/peer-book.ts'
import type { IssuingSite } from '../../../../controller/token-server/redemption-answer.ts'
import { RedemptionDesk } from '../../../../controller/token-server/redemption-desk.ts'
import type { Redemption } from '../../../../controller/token-server/redemption-desk.ts'
import type { AccessGrant } from '../../../../core/model/access-grant.ts'
import { makeCertificateRequest } from '../../../../core/pki/certificate-request.ts'
import { generateKey } from '../../../../core/pki/key.ts'
import { accessGrant, GRANT_UID } from '../../../support/access-grants.ts'
import { issuingSite } from '../../../support/issuing-site.ts'
import { conflict, MemoryStore } from '../../../support/memory-store.ts'
import { RecordedLog } from '../../../support/recorded-log.ts'

const NOW = Date.UTC(2030, 0, 1)
const CODE = 'a-code-of-this-test'

let site: IssuingSite
let ours: Buffer
let another: Buffer

beforeAll(async () => {
  site = await issuingSite(NOW)
  ours = await makeCertificateRequest(await generateKey(), 'east')
  another = await makeCertificateRequest(await generateKey(), 'east')
})

interface Changes {
  readonly sharedAddress?: boolean
  readonly spec?: AccessGrant['spec']
  readonly site?: () => Promise<IssuingSite>
}

async function desk(changes: Changes = {}) {
  const clock = { now: NOW }
  const store = new MemoryStore([accessGrant({ code: CODE, ...changes.spec })])
  const grants = new Grants(store)
  await grants.reconcile({ kind: 'serving', baseUrl: 'https://x', ca: 'CA' }, new Date(NOW))
  const log = new RecordedLog()
  const getSite = changes.site ?? (() => Promise.resolve(site))
  const made = new RedemptionDesk({
    grants,
    peers: new PeerBook(store),
    site: getSite,
    now: () => clock.now,
    log,
    sharedAddress: changes.sharedAddress,
  })
  const redeem = async (redemption: Partial<Redemption> = {}) => (await made.redeem({ ...asked(), ...redemption })).kind
  const ledger = async () => {
    const secret = await store.get('Secret', 'east-code')
    return secret && readLedger(secret)
  }
  return { clock, store, log, redeem, ledger }
}

const asked = (): Redemption => ({
  from: '10.0.0.1',
  grantId: GRANT_UID,
  code: CODE,
  name: 'to-west',
  subject: 'east',
  certificateRequest: ours,
  signal: new AbortController().signal,
})

describe('a redemption', () => {
  test('is counted with its key before it is answered', async () => {
    const { redeem, ledger, log } = await desk()
    expect(await redeem()).toBe('redeemed')
    expect(await ledger()).toMatchObject({ redemptions: 1, redeemers: [{ subject: 'east' }] })
    expect(log.all('outcome')).toEqual(['issue'])
  })

  test('with the same key succeeds again after expiry and is not counted', async () => {
    const { redeem, ledger, clock, log } = await desk()
    await redeem()
    clock.now += 24 * 3_600_000
    expect(await redeem({ subject: 'calls-itself-otherwise' })).toBe('redeemed')
    expect((await ledger())?.redemptions).toBe(1)
    expect(log.all('outcome')).toEqual(['issue', 'reissue'])
  })

  test('is refused alike, and each reason is in the log', async () => {
    const { redeem, clock, log } = await desk()
    expect(await redeem({ grantId: 'no-such-grant' })).toBe('refused')
    expect(await redeem({ code: 'guess' })).toBe('refused')
    await redeem()
    expect(await redeem({ certificateRequest: another })).toBe('refused')
    expect(await redeem({ certificateRequest: undefined })).toBe('refused')
    clock.now += 24 * 3_600_000
    expect(await redeem({ certificateRequest: another })).toBe('refused')
    expect(log.all('reason')).toEqual(['unknown', 'wrong-code', 'used-up', 'used-up', 'expired'])
  })

  test('leaves no code in the log', async () => {
    const { redeem, log } = await desk()
    await redeem()
    await redeem({ code: 'another-guess' })
    expect(log.text).not.toContain(CODE)
    expect(log.text).not.toContain('another-guess')
  })

  test('with a request that is none tells so to who has the code, and to nobody else', async () => {
    const { redeem } = await desk()
    const certificateRequest = Buffer.from('garbage')
    expect(await redeem({ certificateRequest })).toBe('bad-certificate-request')
    expect(await redeem({ certificateRequest, code: 'guess' })).toBe('refused')
    expect(await redeem({ certificateRequest, grantId: 'no-such-grant' })).toBe('refused')
  })
})

describe('no use is lost', () => {
  test('when the answer cannot be made', async () => {
    let broken = true
    const { redeem, ledger } = await desk({
      site: () => (broken ? Promise.reject(new Error('no CA yet')) : Promise.resolve(site)),
    })
    expect(await redeem()).toBe('unavailable')
    expect((await ledger())?.redemptions).toBe(0)
    broken = false
    expect(await redeem()).toBe('redeemed')
  })

  test('when the count cannot be stored', async () => {
    const { redeem, ledger, store, log } = await desk()
    store.beforeWrite = () => {
      throw new Error('disk full')
    }
    expect(await redeem()).toBe('unavailable')
    expect((await ledger())?.redemptions).toBe(0)
    expect(log.all('reason')).toEqual(['disk full'])
  })

  test('when who asked has gone', async () => {
    const { redeem, ledger } = await desk()
    expect(await redeem({ signal: AbortSignal.abort() })).toBe('unavailable')
    expect((await ledger())?.redemptions).toBe(0)
  })

  test('when somebody else writes the ledger in between: it is decided anew', async () => {
    const { redeem, ledger, store } = await desk()
    let conflicts = 2
    store.beforeWrite = () => {
      conflicts -= 1
      if (conflicts >= 0) throw conflict()
    }
    expect(await redeem()).toBe('redeemed')
    expect((await ledger())?.redemptions).toBe(1)
  })

  test('but it does not try for ever', async () => {
    const { redeem, store } = await desk()
    store.beforeWrite = () => {
      throw conflict()
    }
    expect(await redeem()).toBe('unavailable')
  })
})

describe('attempts', () => {
  test('with wrong codes are limited by address; other addresses go on', async () => {
    const { redeem, clock, log } = await desk()
    const results = []
    for (let count = 0; count < 35; count += 1)
      results.push(await redeem({ code: 'guess', grantId: `g-${String(count)}` }))
    expect(results.slice(0, 30)).toEqual(Array.from({ length: 30 }, () => 'refused'))
    expect(results.slice(30)).toEqual(Array.from({ length: 5 }, () => 'too-many'))
    expect(log.all('reason').filter((reason) => reason === 'too-many-attempts')).toHaveLength(1)
    expect(await redeem({ from: '10.0.0.2' })).toBe('redeemed')
    clock.now += 60_000
    expect(await redeem()).toBe('redeemed')
  })

  test('of many who share an address do not keep each other out', async () => {
    const { redeem } = await desk({ sharedAddress: true })
    for (let attempt = 0; attempt < 599; attempt++) await redeem({ grantId: 'none', code: 'wrong' })
    expect(await redeem()).toBe('redeemed')
    expect(await redeem({ grantId: 'none', code: 'wrong' })).toBe('refused')
    expect(await redeem({ grantId: 'none', code: 'wrong' })).toBe('too-many')
  })

  test('on one grant are limited from however many addresses', async () => {
    const { redeem } = await desk()
    const results = []
    for (let count = 0; count < 65; count += 1)
      results.push(await redeem({ code: 'guess', from: `10.0.1.${String(count)}` }))
    expect(results.filter((kind) => kind === 'refused')).toHaveLength(60)
    expect(results.slice(60)).toEqual(Array.from({ length: 5 }, () => 'too-many'))
  })

  test('that are rightful are not limited', async () => {
    const { redeem } = await desk()
    for (let count = 0; count < 40; count += 1) expect(await redeem()).toBe('redeemed')
  })
})

test('50 at once for one use give exactly one answer', async () => {
  const { redeem, ledger } = await desk()
  const all = Array.from({ length: 50 }, (_, index) =>
    redeem({ from: `10.0.2.${String(index)}`, certificateRequest: undefined }),
  )
  const kinds = await Promise.all(all)
  expect(kinds.filter((kind) => kind === 'redeemed')).toHaveLength(1)
  expect((await ledger())?.redemptions).toBe(1)
})
