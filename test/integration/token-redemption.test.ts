import { X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { makeCertificateRequest } from '../../core/pki/certificate-request.ts'
import { issueCredentials } from '../../core/pki/issue.ts'
import { generateKey, publicKeyHash, readPrivateKey } from '../../core/pki/key.ts'
import { mutualHandshake } from '../support/tls-handshake.ts'
import { redeemer, send, tokenSite } from '../support/token-site.ts'

test("a redeemed token gives credentials for the site's own key, which open the issuing site's router", async () => {
  const { token, site, clock, ledger } = await tokenSite()
  const { credentials, links } = await redeemer('west-id').redeem(token)
  expect(new X509Certificate(credentials.certificate).subject).toBe('CN=west-id')
  expect(links.map(({ metadata, spec }) => [metadata.name, spec.tlsCredentials])).toEqual([['to-east', 'to-east']])
  const keyHash = publicKeyHash(readPrivateKey(credentials.key))
  expect(await ledger()).toMatchObject({ redemptions: 1, redeemers: [{ keyHash, subject: 'west-id' }] })

  const router = await issueCredentials(site.authority, {
    commonName: 'router',
    hosts: ['site.example'],
    now: clock.now,
  })
  await mutualHandshake(router, credentials, 'site.example')
})

test('no private key travels when a certificate request is sent', async () => {
  const { token } = await tokenSite()
  const request = await makeCertificateRequest(await generateKey(), 'west')
  const headers = { name: 'to-east', subject: 'west', 'certificate-request': request.toString('base64') }
  const { status, body } = await send(token, { headers })
  expect(status).toBe(200)
  expect(body).toContain('tls.crt')
  expect(body).not.toContain('tls.key')
})

test('a certificate request that is none is told to who has the code', async () => {
  const { token } = await tokenSite()
  const headers = { name: 'to-east', 'certificate-request': Buffer.from('nonsense').toString('base64') }
  expect((await send(token, { headers })).status).toBe(400)
  expect((await send(token, { headers, body: 'guess' })).status).toBe(403)
})
