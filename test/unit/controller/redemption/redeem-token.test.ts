import { beforeAll, describe, expect, test } from 'vitest'
import { IdentityKey } from '../../../../controller/redemption/identity-key.ts'
import { redeemToken } from '../../../../controller/redemption/redeem-token.ts'
import type { RedeemOptions } from '../../../../controller/redemption/redeem-token.ts'
import { redemptionAnswer } from '../../../../controller/token-server/redemption-answer.ts'
import type { SkupperError } from '../../../../core/model/error.ts'
import { readCertificateRequest } from '../../../../core/pki/certificate-request.ts'
import type { Credentials } from '../../../../core/model/credentials.ts'
import { accessToken } from '../../../support/access-tokens.ts'
import { httpsServer } from '../../../support/https-server.ts'
import { serverCredentials } from '../../../support/server-credentials.ts'
import { issuingSite } from '../../../support/issuing-site.ts'

const times = { attempts: 3, firstWait: 2, longestWait: 8, deadline: 2_000 }
const identity = new IdentityKey({ read: () => Promise.resolve(undefined), write: () => Promise.resolve() })

let credentials: Required<Credentials>
let site: Awaited<ReturnType<typeof issuingSite>>

beforeAll(async () => {
  credentials = await serverCredentials()
  site = await issuingSite(Date.now())
})

interface Scripted {
  readonly status: number
  readonly retryAfter?: string
}

/** A site that gives these answers one after the other, and then redeems. */
async function issuer(script: readonly Scripted[]) {
  const asked: { subject: unknown; keyHash: string }[] = []
  const { url } = await httpsServer(credentials, (request, response) => {
    const step = script[asked.length]
    const encoded = String(request.headers['certificate-request'])
    const { publicKey, keyHash } = readCertificateRequest(Buffer.from(encoded, 'base64'))
    asked.push({ subject: request.headers['subject'], keyHash })
    if (step !== undefined) {
      response.writeHead(step.status, step.retryAfter === undefined ? {} : { 'retry-after': step.retryAfter })
      response.end('No such claim\n')
      return
    }
    const name = String(request.headers['name'])
    void redemptionAnswer(site, { name, subject: 's', publicKey, now: Date.now() }).then(({ yaml }) =>
      response.end(yaml),
    )
  })
  return { asked, token: accessToken({ url: `${url}/grant`, ca: credentials.ca, linkCost: 3 }) }
}

function options(changes: Partial<RedeemOptions> = {}): RedeemOptions {
  return {
    siteId: 'west-id',
    siteName: 'west',
    identity,
    random: () => 0,
    signal: new AbortController().signal,
    times,
    ...changes,
  }
}

describe('redeemToken', () => {
  test('gives Links and credentials for our identity key', async () => {
    const { asked, token } = await issuer([])
    const { links, credentials: made } = await redeemToken(token, options())
    expect(links[0]).toMatchObject({ metadata: { name: 'to-east' }, spec: { tlsCredentials: 'to-east', cost: 3 } })
    expect(made.ca).toBe(site.authority.trust)
    expect(asked.map(({ subject }) => subject)).toEqual(['west-id'])
  })

  test('tries again after failures that pass, with growing waits, and always with the same key', async () => {
    const { asked, token } = await issuer([{ status: 503 }, { status: 429 }])
    const waits: number[] = []
    const codes: string[] = []
    const onRetry = (error: SkupperError, waitMs: number) => {
      codes.push(error.code)
      waits.push(waitMs)
    }
    await redeemToken(token, options({ onRetry }))
    expect(codes).toEqual(['redemption/busy', 'redemption/busy'])
    expect(waits).toEqual([2, 4])
    expect(new Set(asked.map(({ keyHash }) => keyHash)).size).toBe(1)
  })

  test('waits as long as the server asks, but no longer than its own limit', async () => {
    const { token } = await issuer([{ status: 503, retryAfter: '3600' }])
    const waits: number[] = []
    await redeemToken(token, options({ onRetry: (_error, waitMs) => waits.push(waitMs), random: () => 0.5 }))
    expect(waits).toEqual([6])
  })

  test('gives up after its number of attempts', async () => {
    const { asked, token } = await issuer(Array.from({ length: 9 }, () => ({ status: 503 })))
    await expect(redeemToken(token, options())).rejects.toMatchObject({ code: 'redemption/busy' })
    expect(asked).toHaveLength(3)
  })

  test.each([400, 403, 404, 307])('takes a %i as final and repeats what the server said', async (status) => {
    const { asked, token } = await issuer([{ status }])
    const redeeming = redeemToken(token, options())
    await expect(redeeming).rejects.toMatchObject({ code: 'redemption/refused', given: status })
    await expect(redeeming).rejects.toThrow(/No such claim/)
    expect(asked).toHaveLength(1)
  })

  test('sends nothing for a token whose CA is none', async () => {
    const { asked, token } = await issuer([])
    const broken = { ...token, spec: { ...token.spec, ca: 'no certificate' } }
    await expect(redeemToken(broken, options())).rejects.toMatchObject({ code: 'redemption/bad-token' })
    expect(asked).toHaveLength(0)
  })

  test('ends when it is told to while it waits', async () => {
    const { token } = await issuer([{ status: 503 }])
    const stop = new AbortController()
    const slow = { ...times, firstWait: 60_000, longestWait: 60_000 }
    const redeeming = redeemToken(
      token,
      options({
        signal: stop.signal,
        times: slow,
        onRetry: () => {
          stop.abort()
        },
      }),
    )
    await expect(redeeming).rejects.toMatchObject({ code: 'redemption/busy' })
  })
})
