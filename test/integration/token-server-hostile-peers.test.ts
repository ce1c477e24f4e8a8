import { once } from 'node:events'
import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { serverCredentials } from '../support/server-credentials.ts'
import { redeemer, send, tokenSite } from '../support/token-site.ts'

test('what is too large or no redemption is answered so, and costs no use', async () => {
  const { token, ledger } = await tokenSite()
  expect((await send(token, { method: 'GET', body: '' })).status).toBe(405)
  expect((await send(token, { body: 'x'.repeat(5_000) })).status).toBe(413)
  expect((await send(token, { headers: { name: 'to-east', big: 'x'.repeat(20_000) } })).status).toBe(431)
  for (const headers of [
    {},
    { name: '../etc' },
    { name: 'A' },
    { name: 'a', subject: 'ü' },
    { name: 'a', 'certificate-request': '%%%' },
  ]) {
    expect((await send(token, { headers })).status).toBe(400)
  }
  expect((await ledger()).redemptions).toBe(0)
})

test('a peer without TLS, or with an older one, costs one log line; others are served', async () => {
  const { token, server, log } = await tokenSite()
  const plain = connect(server.port, '127.0.0.1')
  plain.on('error', () => undefined)
  plain.end('GET / HTTP/1.1\r\n\r\n')
  await once(plain, 'close')
  const old = connectTls({ port: server.port, host: '127.0.0.1', maxVersion: 'TLSv1.2', ca: token.spec.ca })
  await expect(once(old, 'secureConnect')).rejects.toBeInstanceOf(Error)
  await eventually(() => log.lines.length === 2)
  expect(log.lines.map(({ message }) => message)).toEqual(
    Array.from({ length: 2 }, () => 'no TLS with a peer of the token server'),
  )
  await redeemer('west-id').redeem(token)
})

test('a client that goes away while it is served leaves the server as it was', async () => {
  const { token, server } = await tokenSite()
  const socket = connectTls({ port: server.port, host: '127.0.0.1', ca: token.spec.ca })
  await once(socket, 'secureConnect')
  socket.write(
    `POST ${new URL(token.spec.url).pathname} HTTP/1.1\r\nhost: x\r\nname: a\r\ncontent-length: 24\r\n\r\nhalf`,
  )
  socket.destroy()
  await redeemer('west-id').redeem(token)
})

test('a replaced certificate is used from the next connection on', async () => {
  const { token, server } = await tokenSite()
  const next = await serverCredentials()
  server.replaceCredentials(next)
  await expect(redeemer('west-id').redeem(token)).rejects.toMatchObject({ code: 'redemption/untrusted' })
  await redeemer('west-id').redeem({ ...token, spec: { ...token.spec, ca: next.ca } })
})

test('a server that was closed answers nobody, and its port is free again', async () => {
  const { token, server } = await tokenSite()
  await server.close()
  await server.close()
  server.destroy()
  await expect(redeemer('west-id').redeem(token)).rejects.toMatchObject({ code: 'redemption/unreachable' })
})
