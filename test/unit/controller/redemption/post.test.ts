import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { post } from '../../../../controller/redemption/post.ts'
import type { Posting } from '../../../../controller/redemption/post.ts'
import { createAuthority, readAuthority } from '../../../../core/pki/authority.ts'
import type { Credentials } from '../../../../core/model/credentials.ts'
import { issueCredentials } from '../../../../core/pki/issue.ts'
import { httpsServer } from '../../../support/https-server.ts'
import { serverCredentials } from '../../../support/server-credentials.ts'

let credentials: Required<Credentials>

beforeAll(async () => {
  credentials = await serverCredentials()
})

const posted = (url: string, changes: Partial<Posting> = {}) =>
  post({
    url,
    ca: credentials.ca,
    body: 'the-code',
    headers: { name: 'n' },
    deadlineMs: 5_000,
    signal: new AbortController().signal,
    ...changes,
  })

describe('post', () => {
  test('sends code and headers and gives status, body and the wait that is asked for', async () => {
    const { url } = await httpsServer(credentials, (request, response) => {
      let body = ''
      request.on('data', (chunk: Buffer) => (body += chunk.toString()))
      request.on('end', () => {
        response.writeHead(429, { 'retry-after': '7' })
        response.end(`${request.method ?? ''} ${request.url ?? ''} ${String(request.headers['name'])} ${body}`)
      })
    })
    expect(await posted(`${url}/grant`)).toEqual({ status: 429, body: 'POST /grant n the-code', retryAfterMs: 7_000 })
  })

  test('does not follow a redirect', async () => {
    let requests = 0
    const { url } = await httpsServer(credentials, (_request, response) => {
      requests += 1
      response.writeHead(307, { location: '/elsewhere' })
      response.end()
    })
    expect((await posted(url)).status).toBe(307)
    expect(requests).toBe(1)
  })

  test("trusts the token's CA alone, for the host of the URL alone, while its certificate is valid", async () => {
    const { url, port } = await httpsServer(credentials, (_request, response) => response.end())
    const namesake = await serverCredentials()
    await expect(posted(url, { ca: namesake.ca })).rejects.toMatchObject({ code: 'redemption/untrusted' })
    await expect(posted(`https://localhost:${String(port)}`)).rejects.toMatchObject({ code: 'redemption/untrusted' })
    const now = Date.now() - 3_600_000
    const authority = readAuthority(await createAuthority({ commonName: 'ca', now }), now)
    const expired = await issueCredentials(authority, { commonName: 's', hosts: ['127.0.0.1'], now, lifeMs: 1_000 })
    const late = await httpsServer(expired, (_request, response) => response.end())
    await expect(posted(late.url, { ca: expired.ca })).rejects.toMatchObject({ code: 'redemption/untrusted' })
  })

  test('speaks TLS 1.3 only', async () => {
    const { url } = await httpsServer(credentials, (_request, response) => response.end(), { maxVersion: 'TLSv1.2' })
    await expect(posted(url)).rejects.toMatchObject({ code: 'redemption/unreachable' })
  })

  test('refuses an answer that is too long', async () => {
    const { url } = await httpsServer(credentials, (_request, response) => response.end(Buffer.alloc(300 * 1024)))
    await expect(posted(url)).rejects.toMatchObject({ code: 'redemption/bad-answer' })
  })

  test.each(['before the handshake', 'before the answer', 'within the answer'])(
    'gives up on a server that stalls %s',
    async (where) => {
      const url = where === 'before the handshake' ? await silentServer() : (await stallingServer(where)).url
      await expect(posted(url, { deadlineMs: 300 })).rejects.toMatchObject({ code: 'redemption/unreachable' })
    },
  )

  test('gives up on a server that hangs up, is not there, or has no address', async () => {
    const { url } = await httpsServer(credentials, (request) => request.socket.destroy())
    for (const dead of [url, 'https://127.0.0.1:1', 'https://no-such-host.invalid']) {
      await expect(posted(dead)).rejects.toMatchObject({ code: 'redemption/unreachable' })
    }
  })

  test('ends when it is told to', async () => {
    const { url } = await stallingServer('before the answer')
    const stop = new AbortController()
    const sent = posted(url, { signal: stop.signal })
    stop.abort()
    await expect(sent).rejects.toMatchObject({ code: 'redemption/unreachable' })
  })
})

function stallingServer(where: string) {
  return httpsServer(credentials, (_request, response) => {
    if (where === 'within the answer') response.write('apiVersion')
  })
}

async function silentServer(): Promise<string> {
  const server = createServer((socket) => {
    onTestFinished(() => {
      socket.destroy()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
  })
  return `https://127.0.0.1:${String((server.address() as AddressInfo).port)}`
}
