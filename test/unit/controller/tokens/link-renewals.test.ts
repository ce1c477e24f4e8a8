import { expect, test } from 'vitest'
import type { AccessToken } from '../../../../core/model/access-token.ts'
import type { Credentials } from '../../../../core/model/credentials.ts'
import { createAuthority, readAuthority } from '../../../../core/pki/authority.ts'
import { issueCertificate, issueCredentials } from '../../../../core/pki/issue.ts'
import { generateKey, privateKeyPem, publicKeyOf } from '../../../../core/pki/key.ts'
import { LinkRenewals } from '../../../../controller/tokens/link-renewals.ts'
import type { Progress } from '../../../../controller/tokens/redemptions.ts'
import { reconcileTokens } from '../../../../controller/tokens/token-links.ts'
import { accessToken } from '../../../support/access-tokens.ts'
import { directoryStore } from '../../../support/directory-store.ts'
import { link, site } from '../../../support/machine-resources.ts'
import { RecordedLog } from '../../../support/recorded-log.ts'

const START = Date.UTC(2030, 0, 1)
const DAY_MS = 24 * 3_600_000
const LIFE_MS = 90 * DAY_MS
const TRYING: Progress = { kind: 'trying', message: 'Cannot reach the issuing site' }

/** A site with a link from a token, whose certificate is for the site's own key or for another. */
async function linkedSite({ ownKey = true } = {}) {
  const { store } = await directoryStore()
  const identityKey = await generateKey()
  const authority = readAuthority(await createAuthority({ commonName: 'east', now: START }), START)
  const issued = async (now: number): Promise<Required<Credentials>> => {
    const leaf = { commonName: 'west', now, lifeMs: LIFE_MS }
    if (!ownKey) return issueCredentials(authority, leaf)
    const certificate = await issueCertificate(authority, publicKeyOf(identityKey), leaf)
    return { certificate, ca: authority.trust, key: privateKeyPem(identityKey) }
  }
  const log = new RecordedLog()
  const asked: string[] = []
  const kept: string[][] = []
  const state: { progress: Progress } = {
    progress: { kind: 'done', redeemed: { links: [link('to-east')], credentials: await issued(START) } },
  }
  const redemptions = {
    progress: ({ metadata }: AccessToken) => {
      asked.push(metadata.name)
      return state.progress
    },
    keepOnly: (tokens: readonly AccessToken[]) => kept.push(tokens.map(({ metadata }) => metadata.name)),
  }
  await store.apply(site('west'))
  await store.apply({ ...accessToken(), metadata: { name: 'to-east' } })
  const stored = async () => (await store.snapshot()).resources
  const facts = { store, redemptions, siteId: 'west', now: new Date(START), log, refusal: () => undefined }
  await reconcileTokens({ ...facts, stored: await stored() })
  asked.length = 0
  const identity = { get: () => Promise.resolve(identityKey) }
  const renewed: string[] = []
  const onRenewed = ({ metadata }: AccessToken) => renewed.push(metadata.name)
  const renewals = new LinkRenewals({ store, redemptions, identity, onRenewed, log })
  const at = async (days: number) => renewals.reconcile(await stored(), new Date(START + days * DAY_MS))
  const certificate = () => renewals.certificates.get('to-east')
  return { store, renewals, state, asked, kept, renewed, log, issued, at, certificate }
}

test('a certificate is left alone for two thirds of its life', async () => {
  const { at, asked, certificate } = await linkedSite()
  expect(await at(59)).toBe(false)
  expect(asked).toEqual([])
  expect(certificate()).toMatchObject({ lifetime: { notAfter: START + LIFE_MS }, obstacle: undefined })
})

test('then its token is redeemed again, and the certificate takes the place of the old one', async () => {
  const { at, asked, kept, renewed, state, issued, certificate, store, log } = await linkedSite()
  state.progress = TRYING
  await at(61)
  expect({ asked, kept: kept.at(-1) }).toEqual({ asked: ['to-east'], kept: ['to-east'] })
  expect(certificate()).toMatchObject({ obstacle: TRYING.message })

  const credentials = await issued(START + 61 * DAY_MS)
  state.progress = { kind: 'done', redeemed: { links: [link('to-east')], credentials } }
  expect(await at(61)).toBe(false)
  expect(await store.credentials('to-east')).toEqual(credentials)
  expect(renewed).toEqual(['to-east'])
  expect(certificate()).toMatchObject({ lifetime: { notAfter: START + 151 * DAY_MS }, obstacle: undefined })
  expect(log.text).toContain('certificate of a link renewed')
  expect(log.text).not.toContain('PRIVATE KEY')

  await at(62)
  expect(asked).toHaveLength(2)
  expect(kept.at(-1)).toEqual([])
})

test('a link follows the other site where that has moved', async () => {
  const { at, state, issued, store } = await linkedSite()
  const endpoints = [{ name: 'inter-router' as const, host: 'elsewhere.example', port: '55671' }]
  const credentials = await issued(START + 61 * DAY_MS)
  state.progress = { kind: 'done', redeemed: { links: [link('to-east', { endpoints })], credentials } }
  expect(await at(61)).toBe(true)
  expect((await store.get('Link', 'to-east'))?.spec.endpoints).toEqual(endpoints)
})

test('an answer without a later certificate is told', async () => {
  const { at, certificate } = await linkedSite()
  await at(61)
  expect(certificate()?.obstacle).toContain('none that lasts longer')
})

test('a key of the other site, or a link without a token, is not renewed', async () => {
  const { at, asked, certificate, store, issued, renewals } = await linkedSite({ ownKey: false })
  await at(89)
  expect(certificate()?.obstacle).toContain('its key came from the other site')
  await store.apply(link('by-hand'))
  await store.putCredentials('by-hand', await issued(START))
  await at(89)
  expect(renewals.certificates.get('by-hand')?.obstacle).toContain('it came from no token')
  expect(asked).toEqual([])
})

test('credentials that are missing or broken have no certificate to tell of', async () => {
  const { at, renewals, store } = await linkedSite()
  await store.apply(link('missing'))
  await store.apply(link('broken'))
  await store.putCredentials('broken', { ca: 'x', certificate: 'x', key: 'x' })
  await at(1)
  expect([...renewals.certificates.keys()]).toEqual(['to-east'])
})

test('a link that is down for a while asks its site anew where it is', async () => {
  const { at, asked, store, state, certificate } = await linkedSite()
  const lastTransitionTime = new Date(START).toISOString()
  const down = { type: 'Operational', status: 'False' as const, lastTransitionTime }
  const [made] = await store.list('Link')
  if (made === undefined) throw new Error('no link')
  await store.applyRuntime({ ...made, status: { conditions: [down] } })
  const SECONDS = 1 / (24 * 3600)
  await at(29 * SECONDS)
  expect(asked).toEqual([])
  state.progress = { kind: 'failed', message: 'it is another site now' }
  await at(31 * SECONDS)
  expect(asked).toEqual(['to-east'])
  expect(certificate()?.failure).toBe('it is another site now')
})
