import { expect, test } from 'vitest'
import type { Peer } from '../../../../../router/amqp/connection.ts'
import { StreamPool } from '../../../../../router/mesh/connection/stream-pool.ts'
import { TrunkGroups } from '../../../../../router/mesh/connection/trunk-groups.ts'

function peer(change: { containerId?: string; correlator?: string; ordinal?: number } = {}): Peer {
  const { containerId = 'west', correlator = 'abc', ordinal } = change
  const properties = new Map<string, unknown>([['qd.group-correlator', correlator]])
  if (ordinal !== undefined) properties.set('qd.group-ordinal', ordinal)
  return {
    ...{
      containerId,
      properties,
      hostname: undefined,
      user: undefined,
      maxFrameSize: 16384,
      channelMax: 100,
      idleTimeoutMs: 8000,
    },
    ...{ offeredCapabilities: [], desiredCapabilities: [] },
  }
}

const pool = () =>
  new StreamPool(
    {
      begin: () => {
        throw new Error('no sessions here')
      },
    },
    {},
    () => 0,
  )
const lead = () => ({ retired: 0, retire: () => undefined })

test('data connections join their control connection, whichever comes first', () => {
  const groups = new TrunkGroups()
  const early = pool()
  const late = pool()
  groups.join(peer(), early)
  const led = groups.lead(peer(), lead())
  groups.join(peer(), late)
  groups.join(peer({ correlator: 'other' }), pool())
  groups.join(peer({ containerId: 'east' }), pool())
  groups.join(peer({ ordinal: 1 }), pool())
  expect(led === 'taken' ? [] : led.group.pools).toEqual([early, late])
})

test('a data connection that leaves takes no more streams', () => {
  const groups = new TrunkGroups()
  const led = groups.lead(peer(), lead())
  groups.join(peer(), pool())?.leave()
  expect(led === 'taken' ? undefined : led.group.pools).toEqual([])
})

test('data connections wait for the next control connection of their group', () => {
  const groups = new TrunkGroups()
  const first = groups.lead(peer(), lead())
  const waiting = pool()
  groups.join(peer(), waiting)
  if (first !== 'taken') first.leave()
  const second = groups.lead(peer(), lead())
  expect(second === 'taken' ? undefined : second.group.pools).toEqual([waiting])
})

test('a control connection with the same or a lower ordinal is refused while the other lives', () => {
  const groups = new TrunkGroups()
  const first = groups.lead(peer({ ordinal: 5 }), lead())
  expect(groups.lead(peer({ ordinal: 5 }), lead())).toBe('taken')
  expect(groups.lead(peer({ ordinal: 4 }), lead())).toBe('taken')
  if (first !== 'taken') first.leave()
  expect(groups.lead(peer({ ordinal: 5 }), lead())).not.toBe('taken')
})

test('a control connection with a higher ordinal takes over', () => {
  const groups = new TrunkGroups()
  let retired = 0
  groups.lead(peer({ ordinal: 1 }), { retire: () => retired++ })
  const newer = groups.lead(peer({ ordinal: 2 }), lead())
  expect(retired).toBe(0)
  if (newer !== 'taken') newer.takeOver()
  expect(retired).toBe(1)
})

test('without a correlator a control connection is a group by itself, and a data connection belongs nowhere', () => {
  const groups = new TrunkGroups()
  const alone = peer({ correlator: '' })
  expect(groups.lead(alone, lead())).not.toBe('taken')
  expect(groups.lead(alone, lead())).not.toBe('taken')
  expect(groups.join(alone, pool())).toBeUndefined()
})
