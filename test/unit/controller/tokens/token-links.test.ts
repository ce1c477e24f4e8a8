import { expect, test } from 'vitest'
import type { Link } from '../../../../core/model/link.ts'
import type { Resource } from '../../../../core/model/resource.ts'
import type { Progress } from '../../../../controller/tokens/redemptions.ts'
import { reconcileTokens, tokenOf } from '../../../../controller/tokens/token-links.ts'
import { accessToken } from '../../../support/access-tokens.ts'
import { directoryStore } from '../../../support/directory-store.ts'
import { link, site } from '../../../support/machine-resources.ts'
import { RecordedLog } from '../../../support/recorded-log.ts'
import { redeemedLink } from '../../../support/redeemed-link.ts'

/** A namespace with tokens, and what the redemption of each has come to. */
async function namespace(progress: Progress, tokens: readonly string[] = ['to-east'], policies = { denial: '' }) {
  const { store } = await directoryStore()
  await store.apply(site('west'))
  for (const [index, name] of tokens.entries()) {
    const url = `https://127.0.0.1:9091/${String(index)}`
    await store.apply({ ...accessToken({ url }), metadata: { name } })
  }
  const asked: string[] = []
  const kept: string[][] = []
  const log = new RecordedLog()
  const reconcile = async (stored?: readonly Resource[]) =>
    reconcileTokens({
      store,
      stored: stored ?? (await store.snapshot()).resources,
      redemptions: {
        progress: ({ metadata }) => {
          asked.push(metadata.name)
          return progress
        },
        keepOnly: (open) => kept.push(open.map(({ metadata }) => metadata.name)),
      },
      refusal: () => (policies.denial === '' ? undefined : policies.denial),
      siteId: 'west-id',
      now: new Date('2026-11-23T08:00:00Z'),
      log,
    })
  return { store, reconcile, asked, kept, log }
}

const DONE = { kind: 'done', redeemed: redeemedLink('to-east') } as const
const namesOf = (links: readonly Link[]): string[] => links.map(({ metadata }) => metadata.name)

test('a redeemed token becomes a Link with credentials', async () => {
  const { store, reconcile, log } = await namespace(DONE)
  const { tokens, isChanged } = await reconcile()
  expect(isChanged).toBe(true)
  expect(tokens[0]?.status).toMatchObject({ redeemed: true, status: 'Ready' })
  const [made] = await store.list('Link')
  expect(made && tokenOf(made)).toBe((await store.get('AccessToken', 'to-east'))?.metadata.uid)
  expect(await store.credentials('to-east')).toEqual(DONE.redeemed.credentials)
  expect(log.text).not.toContain('key of')
})

test('a token that policies deny is not redeemed until they allow it; one that was redeemed stays so', async () => {
  const policies = { denial: 'outgoing link to 127.0.0.1 is not allowed' }
  const { reconcile, asked } = await namespace(DONE, ['to-east'], policies)
  const statusOf = async () => (await reconcile()).tokens[0]?.status
  expect(await statusOf()).toMatchObject({ status: 'Error', message: policies.denial })
  expect(asked).toEqual([])
  policies.denial = ''
  expect(await statusOf()).toMatchObject({ redeemed: true })
  policies.denial = 'again'
  expect(await statusOf()).toMatchObject({ redeemed: true })
})

test('a token that has its Link is not redeemed again', async () => {
  const { reconcile, asked, kept } = await namespace(DONE)
  await reconcile()
  const { tokens, isChanged } = await reconcile()
  expect(isChanged).toBe(false)
  expect(tokens[0]?.status).toMatchObject({ redeemed: true })
  expect(asked).toEqual(['to-east'])
  expect(kept).toEqual([['to-east'], []])
})

test('a Link goes with its token; one that a user wrote stays', async () => {
  const { store, reconcile } = await namespace(DONE)
  await reconcile()
  await store.apply(link('mine'))
  await store.delete('AccessToken', 'to-east')
  expect((await reconcile()).isChanged).toBe(true)
  expect(namesOf(await store.list('Link'))).toEqual(['mine'])
})

test('a token made again under the same name is another one', async () => {
  const { store, reconcile, asked } = await namespace(DONE)
  await reconcile()
  const before = (await store.list('Link'))[0]
  await store.delete('AccessToken', 'to-east')
  await store.apply(accessToken())
  await reconcile()
  const after = (await store.list('Link'))[0]
  expect(asked).toEqual(['to-east', 'to-east'])
  expect(before && after && tokenOf(before) !== tokenOf(after)).toBe(true)
})

test('a Link whose credentials were lost is redeemed again', async () => {
  const { store, reconcile, asked } = await namespace(DONE)
  await reconcile()
  await store.deleteCredentials('to-east')
  await reconcile()
  expect(asked).toHaveLength(2)
  expect(await store.credentials('to-east')).toBeDefined()
})

test.each([
  [
    { kind: 'trying', message: 'not yet' },
    { redeemed: false, status: 'Pending', message: 'not yet' },
  ],
  [
    { kind: 'failed', message: 'refused' },
    { redeemed: false, status: 'Error', message: 'refused' },
  ],
] as const)('a token that is not redeemed says why: %j', async (progress, status) => {
  const { store, reconcile } = await namespace(progress)
  const { tokens, isChanged } = await reconcile()
  expect(tokens[0]?.status).toMatchObject(status)
  expect(isChanged).toBe(false)
  expect(await store.list('Link')).toEqual([])
})

test('a token that must not be redeemed is not even tried', async () => {
  const { reconcile, asked, kept } = await namespace(DONE, ['skupper-x'])
  const { tokens } = await reconcile()
  expect(tokens[0]?.status?.status).toBe('Error')
  expect(asked).toEqual([])
  expect(kept).toEqual([[]])
})

test('a token waits until it has an id', async () => {
  const { reconcile, asked } = await namespace(DONE, [])
  const { tokens } = await reconcile([accessToken()])
  expect(tokens[0]?.status).toMatchObject({ status: 'Pending' })
  expect(asked).toEqual([])
})
