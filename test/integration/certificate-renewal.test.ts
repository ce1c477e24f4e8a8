import { X509Certificate } from 'node:crypto'
import { request } from 'node:https'
import { expect, test } from 'vitest'
import type { AccessToken } from '../../core/model/access-token.ts'
import type { Credentials } from '../../core/model/credentials.ts'
import { createAuthority, readAuthority } from '../../core/pki/authority.ts'
import { makeCertificateRequest } from '../../core/pki/certificate-request.ts'
import { issueCertificate, issueCredentials } from '../../core/pki/issue.ts'
import { generateKey, publicKeyHash, publicKeyOf, readPrivateKey } from '../../core/pki/key.ts'
import { redeemer, tokenSite } from '../support/token-site.ts'

const HOUR_MS = 3_600_000

/** Asks for a renewal, or says that one is in use, as any program could. */
function ask(token: AccessToken, path: string, { client, body }: { client?: Credentials; body: Buffer }) {
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const shown = client === undefined ? {} : { cert: client.certificate, key: client.key }
    const options = { method: 'POST', headers: { name: 'to-east' }, ca: token.spec.ca, agent: false, ...shown }
    const sending = request(new URL(path, token.spec.url), options, (response) => {
      let text = ''
      response.on('data', (chunk: Buffer) => (text += chunk.toString()))
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, body: text })
      })
    })
    sending.on('error', reject)
    sending.end(body)
  })
}

const requestFor = ({ key = '' }: Credentials): Promise<Buffer> =>
  makeCertificateRequest(readPrivateKey(key), 'calls-itself-otherwise')

const serial = ({ certificate }: Credentials): string => new X509Certificate(certificate).serialNumber

test('a certificate is renewed by itself: the code is wrong by then, and no use is spent', async () => {
  const { token, ledger, peers, log } = await tokenSite()
  const { redeem, confirm } = redeemer('west-id')
  const { credentials } = await redeem(token)
  const [first] = await peers.all()
  const stale = { ...token, spec: { ...token.spec, code: 'a code of nothing' } }
  const renewed = await redeem(stale, credentials)
  expect(serial(renewed.credentials)).not.toBe(serial(credentials))
  expect(renewed.links).toEqual((await redeem(token)).links)
  expect((await ledger()).redemptions).toBe(1)
  await confirm(token, renewed.credentials)
  const keyHash = publicKeyHash(readPrivateKey(credentials.key))
  expect(await peers.all()).toEqual([{ ...first, keyHash, expires: expect.any(String) as string }])
  expect(first).toMatchObject({ siteId: 'west-id', siteName: 'name-of-west-id', renews: true })
  expect(log.text).not.toContain('PRIVATE KEY')
})

test('a server that does not renew is shown the token', async () => {
  const { token, ledger } = await tokenSite()
  const { redeem } = redeemer('west-id')
  const other = readAuthority(await createAuthority({ commonName: 'other', now: Date.now() }), Date.now())
  const foreign = await issueCredentials(other, { commonName: 'west-id', now: Date.now() })
  await redeem(token, foreign)
  expect((await ledger()).redemptions).toBe(1)
})

test('whoever has no valid certificate of the site for a key that a token let in gets none', async () => {
  const { token, site, clock } = await tokenSite()
  const { credentials } = await redeemer('west-id').redeem(token)
  const body = await requestFor(credentials)
  const key = readPrivateKey(credentials.key)
  const stranger = await issueCredentials(site.authority, { commonName: 'west-id', now: clock.now })
  const namesake = readAuthority(await createAuthority({ commonName: 'skupper-site-ca', now: clock.now }), clock.now)
  const leaf = { commonName: 'west-id', now: clock.now }
  const forged = await issueCertificate(namesake, publicKeyOf(key), leaf)
  const old = await issueCertificate(site.authority, publicKeyOf(key), {
    ...leaf,
    now: clock.now - 2 * HOUR_MS,
    lifeMs: HOUR_MS,
  })
  const attempts = [
    { body },
    { client: stranger, body: await requestFor(stranger) },
    { client: { ...credentials, certificate: forged }, body },
    { client: { ...credentials, certificate: old }, body },
  ]
  for (const attempt of attempts) {
    expect(await ask(token, '/renew', attempt)).toEqual({ status: 403, body: 'it may be wrong, expired or used up\n' })
    expect((await ask(token, '/renewed', { ...attempt, body: Buffer.of() })).status).toBe(403)
  }
})

test('a certificate is renewed for its own key alone, from a request that is one', async () => {
  const { token } = await tokenSite()
  const { credentials } = await redeemer('west-id').redeem(token)
  const other = await makeCertificateRequest(await generateKey(), 'west-id')
  for (const body of [other, Buffer.from('nonsense'), Buffer.of()]) {
    expect((await ask(token, '/renew', { client: credentials, body })).status).toBe(400)
  }
  expect((await ask(token, '/renew', { client: credentials, body: Buffer.alloc(5000) })).status).toBe(413)
  const { status, body } = await ask(token, '/renew', { client: credentials, body: await requestFor(credentials) })
  expect(status).toBe(200)
  expect(body).toContain('tls.crt')
  expect(body).not.toContain('tls.key')
})
