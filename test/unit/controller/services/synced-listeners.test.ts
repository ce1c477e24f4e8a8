import { expect, test } from 'vitest'
import { parseResource } from '../../../../core/model/resource.ts'
import { isSynced, portsOfSynced, syncedListeners } from '../../../../controller/services/synced-listeners.ts'
import type { SyncedPort } from '../../../../controller/services/service-sync-state.ts'
import { listener } from '../../../support/machine-resources.ts'

const OFFERED: SyncedPort = {
  routingKey: 'backend:8080',
  port: 8080,
  protocol: 'http',
  labels: { tier: 'web' },
  origins: ['site-a', 'site-b'],
}
const options = { hostOf: () => '127.0.3.1', own: [], before: [] }

test('an offered port becomes a sound Listener on the listen-host that names its origins', () => {
  const [made] = syncedListeners([OFFERED], options)
  expect(parseResource(made)).toEqual(made)
  expect(made?.metadata).toMatchObject({
    name: 'backend-8080',
    labels: { tier: 'web', 'skupper.io/synced': 'true' },
    annotations: { 'skupper.io/origins': '["site-a","site-b"]' },
  })
  expect(made?.spec).toMatchObject({ routingKey: 'backend:8080', host: '127.0.3.1', port: 8080, type: 'http' })
})

test('bytes that are not HTTP pass a synced http listener; tcp needs no such setting', () => {
  const [http, tcp] = syncedListeners([OFFERED, { ...OFFERED, routingKey: 'db:5432', protocol: 'tcp' }], options)
  expect(http?.spec.settings).toEqual({ 'protocol-deduced': 'true' })
  expect(tcp?.spec.settings).toBeUndefined()
})

test("a user's own listener wins, by routing key or by name", () => {
  expect(syncedListeners([OFFERED], { ...options, own: [listener('mine')] })).toEqual([])
  const sameName = listener('backend-8080', { routingKey: 'other:1' })
  expect(syncedListeners([OFFERED], { ...options, own: [sameName] })).toEqual([])
})

test('what was synced can be read back', () => {
  const made = syncedListeners([OFFERED, { ...OFFERED, routingKey: 'db:5432', port: 5432, protocol: 'tcp' }], options)
  expect(made.every(isSynced)).toBe(true)
  expect(portsOfSynced([...made, listener('mine')])).toEqual([
    OFFERED,
    { ...OFFERED, routingKey: 'db:5432', port: 5432, protocol: 'tcp' },
  ])
})

test.each([undefined, '', '{', '[]', '"a"', '[1]'])('origins that cannot be read are no origins: %s', (text) => {
  const [made] = syncedListeners([OFFERED], options)
  if (made === undefined) throw new Error('no listener')
  const annotations = text === undefined ? {} : { 'skupper.io/origins': text }
  expect(portsOfSynced([{ ...made, metadata: { ...made.metadata, annotations } }])).toEqual([])
})

test('a listener that stays keeps its id, its age and its status', () => {
  const [made] = syncedListeners([OFFERED], options)
  if (made === undefined) throw new Error('no listener')
  const before = {
    ...made,
    metadata: { ...made.metadata, uid: 'u', creationTimestamp: 't' },
    status: { message: 'OK' },
  }
  expect(syncedListeners([OFFERED], { ...options, before: [before] })).toEqual([before])
})
