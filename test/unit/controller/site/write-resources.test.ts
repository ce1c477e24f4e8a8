import { expect, test } from 'vitest'
import type { Resource } from '../../../../core/model/resource.ts'
import { writeResources } from '../../../../controller/site/write-resources.ts'
import { directoryStore } from '../../../support/directory-store.ts'
import { connector, listener } from '../../../support/machine-resources.ts'
import { RecordedLog } from '../../../support/recorded-log.ts'

const synced = (name: string) => ({ ...listener(name), metadata: { name, labels: { 'skupper.io/synced': 'true' } } })

async function write(desired: readonly Resource[], before: readonly Resource[]) {
  const { store } = await directoryStore()
  await store.apply(connector('users'))
  await store.applyRuntimeAll(before)
  const log = new RecordedLog()
  await writeResources(desired, { store, stored: (await store.snapshot()).resources, log })
  const names = async (kind: 'Listener' | 'Connector') => (await store.list(kind)).map(({ metadata }) => metadata.name)
  return { store, log, names }
}

test("writes what is new, removes what is the controller's own and no longer wanted", async () => {
  const { names } = await write([synced('stays'), synced('new')], [synced('stays'), synced('goes')])
  expect(await names('Listener')).toEqual(['new', 'stays'])
  expect(await names('Connector')).toEqual(['users'])
})

test('a resource that cannot be written does not stop the others', async () => {
  const { names, log } = await write([listener('Not A Name'), synced('sound')], [])
  expect(await names('Listener')).toEqual(['sound'])
  expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(1)
})
