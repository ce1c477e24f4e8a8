import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { answerExchange } from '../../../../controller/token-server/exchange.ts'
import type { Redemption, RedemptionResult } from '../../../../controller/token-server/redemption-desk.ts'

/** Exchanges over plain HTTP, with a desk that answers as told and keeps what it was asked. */
async function exchange(result: RedemptionResult = { kind: 'refused' }) {
  const asked: Redemption[] = []
  const desk = {
    redeem: (redemption: Redemption) => {
      asked.push(redemption)
      return Promise.resolve(result)
    },
  }
  const server = createServer((incoming, response) => {
    void answerExchange(desk, incoming, response)
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
  return { post, asked }
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
