import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { answerExchange } from '../../../../controller/token-server/exchange.ts'
import type { Redemption, RedemptionResult } from '../../../../controller/token-server/redemption-desk.ts'
import type { Renewal, RenewalResult, Visit } from '../../../../controller/token-server/renewal-desk.ts'

/** Exchanges over plain HTTP, with a desk that answers as told and keeps what it was asked. */
async function exchange(result: RenewalResult = { kind: 'refused' }) {
  const asked: Redemption[] = []
  const renewals: (Visit & Partial<Renewal>)[] = []
  const redeem = (redemption: Redemption): Promise<RedemptionResult> => {
    asked.push(redemption)
    return Promise.resolve(result.kind === 'noted' ? { kind: 'refused' } : result)
  }
  const visited = (visit: Visit): Promise<RenewalResult> => {
    renewals.push(visit)
    return Promise.resolve(result)
  }
  const desks = { redemptions: { redeem }, renewals: { renew: visited, confirm: visited } }
  const server = createServer((incoming, response) => {
    void answerExchange(desks, incoming, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const post = (path: string, headers: OutgoingHttpHeaders = { name: 'to-east' }, body = 'code') =>
    new Promise<{ status: number; headers: IncomingHttpHeaders; body: string }>((resolve, reject) => {
      const sending = request({ host: '127.0.0.1', port, path, method: 'POST', headers }, (response) => {
        let text = ''
        response.on('data', (chunk: Buffer) => (text += chunk.toString()))
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text })
        })
      })
      sending.on('error', reject)
      sending.end(body)
    })
  return { post, asked, renewals }
}

describe('the exchange', () => {
  test('hands on grant, code, names, address and request', async () => {
    const { post, asked } = await exchange()
    const headers = {
      name: 'to-east',
      subject: 'west-id',
      'certificate-request': Buffer.from('csr').toString('base64'),
    }
    await post('/uid-1', headers, 'the-code')
    expect(asked[0]).toMatchObject({
      from: '127.0.0.1',
      grantId: 'uid-1',
      code: 'the-code',
      name: 'to-east',
      subject: 'west-id',
      certificateRequest: Buffer.from('csr'),
    })
  })

  test('takes the name for the subject where there is none, and no request where none was sent', async () => {
    const { post, asked } = await exchange()
    await post('/uid-1')
    expect(asked[0]).toMatchObject({ subject: 'to-east', certificateRequest: undefined })
  })

  test('hands on a renewal, and that it is in use', async () => {
    const { post, asked, renewals } = await exchange({ kind: 'noted' })
    expect(await post('/renew', { name: 'to-east' }, 'csr')).toMatchObject({ status: 204, body: '' })
    expect(await post('/renewed', {}, '')).toMatchObject({ status: 204, body: '' })
    const shown = { from: '127.0.0.1', certificate: undefined }
    expect(renewals).toEqual([{ ...shown, name: 'to-east', certificateRequest: Buffer.from('csr') }, shown])
    expect((await post('/renew', {}, 'csr')).status).toBe(400)
    expect({ asked: asked.length, renewals: renewals.length }).toEqual({ asked: 0, renewals: 2 })
  })

  test.each(['/', '/a/b', '/a?b', '/../x', `/${'x'.repeat(200)}`])(
    'lets %s go the way of an unknown grant',
    async (path) => {
      const { post, asked } = await exchange()
      expect((await post(path)).status).toBe(403)
      expect(asked[0]?.grantId).toBe('')
    },
  )

  test.each([
    { result: { kind: 'redeemed', yaml: 'kind: Secret\n' }, status: 200, body: 'kind: Secret\n' },
    { result: { kind: 'refused' }, status: 403, body: 'it may be wrong, expired or used up\n' },
    { result: { kind: 'bad-certificate-request', message: 'no' }, status: 400, body: 'no\n' },
    { result: { kind: 'too-many', retryMs: 1500 }, status: 429, body: 'Too many attempts.\n', retryAfter: '2' },
    {
      result: { kind: 'unavailable' },
      status: 503,
      body: 'The token cannot be redeemed at the moment.\n',
      retryAfter: '2',
    },
  ] as const)('answers: $result.kind', async ({ result, status, body, ...waits }) => {
    const { post } = await exchange(result)
    const answer = await post('/uid-1')
    expect(answer).toMatchObject({ status, body })
    expect(answer.headers).toMatchObject({ connection: 'close', 'cache-control': 'no-store' })
    expect(answer.headers['retry-after']).toBe('retryAfter' in waits ? waits.retryAfter : undefined)
  })
})
