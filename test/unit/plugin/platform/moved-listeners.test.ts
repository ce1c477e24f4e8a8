import { expect, test } from 'vitest'
import { SYNCED_LABEL } from '../../../../core/model/annotation-names.ts'
import { movedListeners } from '../../../../plugin/platform/moved-listeners.ts'
import { listener, site } from '../../../support/machine-resources.ts'

const at = (host: string) => site('west', { settings: { 'listen-host': host } })
const synced = listener('theirs', { host: '127.0.1.1' })
const LISTENERS = [
  listener('ours', { host: '127.0.1.1' }),
  listener('elsewhere', { host: '0.0.0.0' }),
  { ...synced, metadata: { ...synced.metadata, labels: { [SYNCED_LABEL]: 'true' } } },
]

test('listeners on the old listen-host follow it, others stay', () => {
  const { listeners, changes } = movedListeners(LISTENERS, at('127.0.1.1'), at('127.0.1.3'))
  expect(listeners.map(({ metadata, spec }) => [metadata.name, spec.host])).toEqual([['ours', '127.0.1.3']])
  expect(changes).toEqual(['listener ours: 127.0.1.1 -> 127.0.1.3'])
})

test('where the listen-host stays, nothing moves', () => {
  expect(movedListeners(LISTENERS, at('127.0.1.1'), at('127.0.1.1'))).toEqual({ listeners: [], changes: [] })
})
