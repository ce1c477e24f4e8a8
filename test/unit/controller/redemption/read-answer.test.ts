import fc from 'fast-check'
import type { KeyObject } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { parseAllDocuments, stringify } from 'yaml'
import { readAnswer } from '../../../../controller/redemption/read-answer.ts'
import { redemptionAnswer } from '../../../../controller/token-server/redemption-answer.ts'
import type { IssuingSite } from '../../../../controller/token-server/redemption-answer.ts'
import { generateKey, privateKeyPem, publicKeyOf } from '../../../../core/pki/key.ts'
import { companyAuthority } from '../../../support/foreign-certificates.ts'
import { issuingSite } from '../../../support/issuing-site.ts'

const NOW = Date.UTC(2030, 0, 1)
const badAnswer = expect.objectContaining({ code: 'redemption/bad-answer' }) as Error

let site: IssuingSite
let identityKey: KeyObject
let ours: string
let theirs: string

beforeAll(async () => {
  site = await issuingSite(NOW)
  identityKey = await generateKey()
  const request = { name: 'to-east', subject: 'west', now: NOW }
  ours = (await redemptionAnswer(site, { ...request, publicKey: publicKeyOf(identityKey) })).yaml
  theirs = (await redemptionAnswer(site, { ...request, publicKey: undefined })).yaml
})

const read = (yaml: string, linkCost?: number, name = 'to-east') => readAnswer(yaml, { name, linkCost, identityKey })

interface Document {
  metadata: { name: string }
  data: Record<string, string>
  spec: { tlsCredentials: string; endpoints: unknown }
}

/** The answer with its Secret and Link changed. */
function changed(yaml: string, change: (secret: Document, link: Document) => void): string {
  const documents = parseAllDocuments(yaml).map((document) => document.toJS() as Document)
  const [secret, link] = documents
  if (secret !== undefined && link !== undefined) change(secret, link)
  return documents.map((document) => stringify(document)).join('---\n')
}

describe('a sound answer', () => {
  test('for our key joins the certificate with it', () => {
    const { links, credentials } = read(ours)
    expect(credentials.key).toBe(privateKeyPem(identityKey))
    expect(credentials.ca).toBe(site.authority.trust)
    expect(links).toHaveLength(1)
    expect(links[0]).toMatchObject({ metadata: { name: 'to-east' }, spec: { tlsCredentials: 'to-east', cost: 1 } })
  })

  test('with a key of the server, as Skupper v2 answers, uses that', () => {
    expect(read(theirs).credentials.key).not.toBe(privateKeyPem(identityKey))
  })

  test('takes names and cost from our token, not from the answer', () => {
    const { links } = read(ours, 5, 'mine')
    expect(links[0]).toMatchObject({ metadata: { name: 'mine' }, spec: { tlsCredentials: 'mine', cost: 5 } })
    expect(read(ours, 0).links[0]?.spec.cost).toBe(1)
  })

  test('of a site with several routers numbers the Links', () => {
    const [secret, link] = ours.split('---\n')
    const { links } = read([secret, link, link].join('---\n'))
    expect(links.map(({ metadata }) => metadata.name)).toEqual(['to-east-1', 'to-east-2'])
  })
})

describe('an answer is refused', () => {
  test('if it has no Secret, two, no Link, or too many documents', () => {
    const [secret = '', link = ''] = ours.split('---\n')
    for (const documents of [
      [],
      [link],
      [secret],
      [secret, secret, link],
      [secret, ...Array.from({ length: 17 }, () => link)],
    ]) {
      expect(() => read(documents.join('---\n'))).toThrow(badAnswer)
    }
  })

  test('if the certificate is not for our key, or not for the key that was sent', async () => {
    const other = await generateKey()
    expect(() => readAnswer(ours, { name: 'x', linkCost: undefined, identityKey: other })).toThrow(badAnswer)
    const key = Buffer.from(privateKeyPem(other)).toString('base64')
    expect(() =>
      read(
        changed(theirs, ({ data }) => {
          data['tls.key'] = key
        }),
      ),
    ).toThrow(badAnswer)
  })

  test('if the CA beside the certificate did not issue it, or one of them is missing', () => {
    const stranger = Buffer.from(companyAuthority.certificate).toString('base64')
    expect(() =>
      read(
        changed(ours, ({ data }) => {
          data['ca.crt'] = stranger
        }),
      ),
    ).toThrow(badAnswer)
    expect(() =>
      read(
        changed(ours, ({ data }) => {
          delete data['ca.crt']
        }),
      ),
    ).toThrow(badAnswer)
    expect(() =>
      read(
        changed(ours, ({ data }) => {
          delete data['tls.crt']
        }),
      ),
    ).toThrow(badAnswer)
  })

  test('if the Link names other credentials, or is no sound Link', () => {
    expect(() =>
      read(
        changed(ours, (_secret, { spec }) => {
          spec.tlsCredentials = 'skupper-site-server'
        }),
      ),
    ).toThrow(badAnswer)
    expect(() =>
      read(
        changed(ours, (_secret, { spec }) => {
          spec.endpoints = []
        }),
      ),
    ).toThrow(badAnswer)
  })

  test('if it is cut anywhere before the end of what is needed', () => {
    const needed = 'tlsCredentials: to-east'
    const end = ours.indexOf(needed) + needed.length - 1
    fc.assert(
      fc.property(fc.nat(end), (length) => {
        expect(() => read(ours.slice(0, length))).toThrow(badAnswer)
      }),
      { numRuns: 200 },
    )
  })

  test('if it is not YAML, uses aliases, or is any other text', () => {
    const aliases = 'a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n'
    for (const text of ['', '{', '<html>', 'a: b: c', aliases]) expect(() => read(text)).toThrow(badAnswer)
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => read(text)).toThrow(badAnswer)
      }),
    )
  })
})
