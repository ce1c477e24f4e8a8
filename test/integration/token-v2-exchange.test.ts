import { expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { isKind, parseResource } from '../../core/model/resource.ts'
import { secretText } from '../../core/model/secret.ts'
import { issueCredentials } from '../../core/pki/issue.ts'
import { mutualHandshake } from '../support/tls-handshake.ts'
import { send, tokenSite } from '../support/token-site.ts'

test('a request of Skupper v2, without a certificate request, gets a Secret with a key that works, and a Link', async () => {
  const { token, site, clock, ledger } = await tokenSite()
  const { status, body } = await send(token)
  expect(status).toBe(200)
  const [secret, link, ...others] = parseAllDocuments(body).map((document) => parseResource(document.toJS()))
  if (secret === undefined || link === undefined || !isKind(secret, 'Secret') || !isKind(link, 'Link')) {
    throw new Error(`not a Secret and a Link: ${body}`)
  }
  expect(others).toEqual([])
  expect(secret).toMatchObject({ type: 'kubernetes.io/tls', metadata: { name: 'to-east' } })
  expect(link).toMatchObject({ metadata: { name: 'to-east' }, spec: { tlsCredentials: 'to-east' } })
  expect(await ledger()).toMatchObject({ redemptions: 1, redeemers: [] })

  const client = {
    certificate: secretText(secret, 'tls.crt') ?? '',
    key: secretText(secret, 'tls.key') ?? '',
    ca: secretText(secret, 'ca.crt') ?? '',
  }
  const router = await issueCredentials(site.authority, {
    commonName: 'router',
    hosts: ['site.example'],
    now: clock.now,
  })
  await mutualHandshake(router, client, 'site.example')
})

test("each request of Skupper v2 costs a use, since its key is not the peer's own", async () => {
  const { token, ledger } = await tokenSite({ redemptionsAllowed: 2 })
  const statuses = []
  for (let count = 0; count < 3; count += 1) statuses.push((await send(token)).status)
  expect(statuses).toEqual([200, 200, 403])
  expect((await ledger()).redemptions).toBe(2)
})
