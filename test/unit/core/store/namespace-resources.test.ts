import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
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

test('a snapshot has what the lists of all kinds have, and the problems', async () => {
  await store.apply(connector('out'))
  await store.apply(listener('in'))
  await store.applyRuntime({ ...listener('in'), status: { message: 'OK' } })
  await store.applyRuntime(listener('synced'))
  await writeFile(store.path('input/resources/Site-broken.yaml'), 'kind: [')
  const { resources, problems } = await store.snapshot()
  expect(resources).toEqual([...(await store.list('Connector')), ...(await store.list('Listener'))])
  expect(problems).toEqual(await store.problems())
  expect(problems.map(({ file }) => file)).toEqual(['input/resources/Site-broken.yaml'])
})

test('many are written at once, those that say nothing new and those that were removed left out', async () => {
  const names = Array.from({ length: 50 }, (_, index) => `l${String(index)}`)
  await store.apply(connector('removed'))
  const [removed] = await store.list('Connector')
  await store.applyRuntimeAll(names.map((name) => listener(name)))
  await store.delete('Connector', 'removed')
  const { ino } = await stat(store.path('runtime/resources/Listener-l7.yaml'))
  const again = names.map((name) => listener(name, { port: name === 'l8' ? 81 : 8080 }))
  await store.applyRuntimeAll([...again, ...(removed === undefined ? [] : [removed])])
  expect(await store.list('Listener')).toHaveLength(names.length)
  expect((await store.get('Listener', 'l8'))?.spec.port).toBe(81)
  expect((await stat(store.path('runtime/resources/Listener-l7.yaml'))).ino).toBe(ino)
  expect(await store.list('Connector')).toEqual([])
})
