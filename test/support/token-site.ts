import { request } from 'node:https'
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http'
import { onTestFinished } from 'vitest'
import { confirmRenewal } from '../../controller/redemption/confirm-renewal.ts'
import { IdentityKey } from '../../controller/redemption/identity-key.ts'
import { redeemToken } from '../../controller/redemption/redeem-token.ts'
import type { Redeemed } from '../../controller/redemption/read-answer.ts'
import { readLedger } from '../../controller/token-server/grant-ledger.ts'
import type { GrantLedger } from '../../controller/token-server/grant-ledger.ts'
import { Grants } from '../../controller/token-server/grants.ts'
import type { GrantStore } from '../../controller/token-server/grant-store.ts'
import { PeerBook } from '../../controller/token-server/peer-book.ts'
import { RedemptionDesk } from '../../controller/token-server/redemption-desk.ts'
import { RenewalDesk } from '../../controller/token-server/renewal-desk.ts'
import { TokenServer } from '../../controller/token-server/token-server.ts'
import type { AccessGrant } from '../../core/model/access-grant.ts'
import type { AccessToken } from '../../core/model/access-token.ts'
import type { Credentials } from '../../core/model/credentials.ts'
import { accessGrant, GRANT_UID } from './access-grants.ts'
import { accessToken } from './access-tokens.ts'
import { serverCredentials } from './server-credentials.ts'
import { issuingSite } from './issuing-site.ts'
import { MemoryStore } from './memory-store.ts'
import { RecordedLog } from './recorded-log.ts'

/** An answer of the token server, as it came over the wire. */
export interface WireAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A site with a grant and its token server on loopback; everything ends with the test. */
export async function tokenSite(
  spec: AccessGrant['spec'] = {},
  store: GrantStore = new MemoryStore([accessGrant(spec)]),
) {
  const clock = { now: Date.now() }
  const log = new RecordedLog()
  const [site, credentials] = await Promise.all([issuingSite(clock.now), serverCredentials()])
  const grants = new Grants(store)
  const now = () => clock.now
  const peers = new PeerBook(store)
  const shared = { peers, site: () => Promise.resolve(site), now, log }
  const desks = { redemptions: new RedemptionDesk({ grants, ...shared }), renewals: new RenewalDesk(shared) }
  const server = await TokenServer.listen({ host: '127.0.0.1', port: 0, credentials, desks, now, log })
  onTestFinished(() => {
    server.destroy()
  })
  const baseUrl = `https://127.0.0.1:${String(server.port)}`
  await grants.reconcile({ kind: 'serving', baseUrl, ca: credentials.ca }, new Date(clock.now))
  const ledger = () => ledgerOf(store)
  const { code } = await ledger()
  const token = accessToken({ url: `${baseUrl}/${GRANT_UID}`, ca: credentials.ca, code })
  return { clock, log, site, server, credentials, token, ledger, peers, baseUrl }
}

/** What the grant has given away, as stored. */
export async function ledgerOf(store: GrantStore): Promise<GrantLedger> {
  const secret = await store.get('Secret', 'east-code')
  if (secret === undefined) throw new Error('the grant has no ledger')
  return readLedger(secret)
}

/** A site with an identity key of its own, that redeems tokens. */
export function redeemer(siteId: string) {
  const identity = new IdentityKey({ read: () => Promise.resolve(undefined), write: () => Promise.resolve() })
  const times = { attempts: 3, firstWait: 5, longestWait: 50, deadline: 5_000 }
  const options = {
    siteId,
    siteName: `name-of-${siteId}`,
    identity,
    times,
    random: () => 0,
    signal: new AbortController().signal,
  }
  return {
    redeem: (token: AccessToken, current?: Required<Credentials>): Promise<Redeemed> =>
      redeemToken(token, { ...options, current }),
    confirm: (token: AccessToken, current: Required<Credentials>): Promise<void> =>
      confirmRenewal(token, { ...options, current, log: new RecordedLog() }),
  }
}

/** Sends bytes to a token server as any program could. */
export function send(
  token: AccessToken,
  sent: { body?: string | Buffer; headers?: OutgoingHttpHeaders; path?: string; method?: string } = {},
): Promise<WireAnswer> {
  const { body = token.spec.code, headers = { name: 'to-east', subject: 'west-id' }, path, method = 'POST' } = sent
  const url = new URL(path ?? '', token.spec.url)
  if (path === undefined) url.pathname = new URL(token.spec.url).pathname
  return new Promise((resolve, reject) => {
    const sending = request(url, { method, headers, ca: token.spec.ca, agent: false, timeout: 5_000 }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (text += chunk))
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text })
      })
    })
    sending.on('error', reject)
    sending.end(body)
  })
}
