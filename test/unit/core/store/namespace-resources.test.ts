import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { openStore, type Store } from '../../../../core/store/store.ts'
import { connector, listener } from '../../../support/machine-resources.ts'

let store: Store

beforeEach(async () => {
  const dir = await mkdtemp(join(tmpdir(), 'namespace-resources-'))
  store = openStore({ dir, namespace: 'east' })
  return () => rm(dir, { recursive: true })
})

test('a status written late does not bring back what the user removed meanwhile', async () => {
  await store.apply(connector('backend'))
  const [seen] = await store.list('Connector')
  await store.delete('Connector', 'backend')
  await store.applyRuntime({ ...connector('backend'), ...seen, status: { message: 'OK' } })
  expect(await store.list('Connector')).toEqual([])
})

test("nor what was the controller's own", async () => {
  await store.apply(connector('other'))
  await store.applyRuntime(listener('synced'))
  const [seen] = await store.list('Listener')
  await store.delete('Listener', 'synced')
  await store.applyRuntime({ ...listener('synced'), ...seen, status: { message: 'OK' } })
  expect(await store.list('Listener')).toEqual([])
})

test("the controller's own resources can be made, changed and made again", async () => {
  await store.apply(connector('other'))
  await store.applyRuntime(listener('synced'))
  const [made] = await store.list('Listener')
  await store.applyRuntime({ ...listener('synced'), ...made, status: { message: 'OK' } })
  expect((await store.get('Listener', 'synced'))?.status?.message).toBe('OK')
  await store.deleteRuntime('Listener', 'synced')
  await store.applyRuntime(listener('synced'))
  expect(await store.list('Listener')).toHaveLength(1)
})
