import { X509Certificate } from 'node:crypto'
import { parseAllDocuments } from 'yaml'
import { beforeAll, expect, test } from 'vitest'
import { redemptionAnswer } from '../../../../controller/token-server/redemption-answer.ts'
import type { IssuingSite } from '../../../../controller/token-server/redemption-answer.ts'
import { isKind, parseResource } from '../../../../core/model/resource.ts'
import { secretText } from '../../../../core/model/secret.ts'
import { generateKey, publicKeyOf, readPrivateKey } from '../../../../core/pki/key.ts'
import { issuingSite } from '../../../support/issuing-site.ts'

const NOW = Date.UTC(2030, 0, 1)

let site: IssuingSite

beforeAll(async () => {
  site = await issuingSite(NOW)
})

async function answer(request: Partial<Parameters<typeof redemptionAnswer>[1]> = {}, from: IssuingSite = site) {
  const { yaml } = await redemptionAnswer(from, {
    name: 'to-west',
    subject: 'site-id',
    publicKey: undefined,
    now: NOW,
    ...request,
  })
  const resources = parseAllDocuments(yaml).map((document) => parseResource(document.toJS()))
  const [secret, ...links] = resources
  if (secret === undefined || !isKind(secret, 'Secret')) throw new Error('the answer does not begin with a Secret')
  return { secret, links: links.filter((link) => isKind(link, 'Link')) }
}

test('certifies the given key and sends no private key', async () => {
  const key = await generateKey()
  const { secret } = await answer({ publicKey: publicKeyOf(key) })
  const certificate = new X509Certificate(secretText(secret, 'tls.crt') ?? '')
  expect(secret.type).toBe('kubernetes.io/tls')
  expect(Object.keys(secret.data ?? {}).sort()).toEqual(['ca.crt', 'tls.crt'])
  expect(certificate.checkPrivateKey(key)).toBe(true)
  expect(certificate.subject).toBe('CN=site-id')
  expect(certificate.verify(site.authority.certificate.publicKey)).toBe(true)
})

test('makes a key and sends it where none was given', async () => {
  const { secret } = await answer()
  const certificate = new X509Certificate(secretText(secret, 'tls.crt') ?? '')
  expect(certificate.checkPrivateKey(readPrivateKey(secretText(secret, 'tls.key') ?? ''))).toBe(true)
})

test('has one Link under the asked name, with the endpoints that are dialled', async () => {
  const { links } = await answer()
  expect(links.map(({ metadata, spec }) => ({ name: metadata.name, ...spec }))).toEqual([
    {
      name: 'to-west',
      cost: 1,
      tlsCredentials: 'to-west',
      endpoints: [
        { name: 'inter-router', host: 'site.example', port: '55671', group: 'skupper-router' },
        { name: 'edge', host: 'site.example', port: '45671', group: 'skupper-router' },
      ],
    },
  ])
})

test('has a numbered Link for each router of a site with several', async () => {
  const endpoints = ['a', 'b'].map((group) => ({
    name: 'inter-router',
    host: `${group}.example`,
    port: '55671',
    group,
  }))
  const { links } = await answer({}, { ...site, endpoints })
  expect(links.map(({ metadata }) => metadata.name)).toEqual(['to-west-1', 'to-west-2'])
  expect(links.map(({ spec }) => spec.endpoints.map(({ host }) => host))).toEqual([['a.example'], ['b.example']])
})

test('shortens a subject that is too long for a certificate', async () => {
  const { secret } = await answer({ subject: 'x'.repeat(200) })
  expect(new X509Certificate(secretText(secret, 'tls.crt') ?? '').subject).toBe(`CN=${'x'.repeat(64)}`)
})

test('cannot be made while the site has no address', async () => {
  await expect(answer({}, { ...site, endpoints: [] })).rejects.toMatchObject({ code: 'grant/no-endpoints' })
})
