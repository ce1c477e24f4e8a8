import { expect, test } from 'vitest'
import { NetworkRecords, SOURCE_LOST_MS } from '../../../../controller/network/network-records.ts'

test('a source is lost when it is not heard', () => {
  const records = new NetworkRecords()
  records.heard('r1', 0)
  records.heard('r1', SOURCE_LOST_MS)
  expect(records.expire(2 * SOURCE_LOST_MS)).toEqual([])
  expect(records.expire(2 * SOURCE_LOST_MS + 1)).toEqual(['r1'])
})

test('a router that restarts speaks as a new source, and the old one counts no more', () => {
  const records = new NetworkRecords()
  records.heard('old', 0)
  records.heard('new', 0)
  records.update('old', [{ type: 'ROUTER', identity: 'old:0', attributes: { name: '0/a' } }])
  records.update('old', [{ type: 'LINK', identity: 'old:1', attributes: { operStatus: 'up' } }])
  expect(records.update('new', [{ type: 'ROUTER', identity: 'new:0', attributes: { name: '0/a' } }])).toBe(true)
  expect(records.all().map(({ identity }) => identity)).toEqual(['new:0'])
})

test("the old source's last words do not silence the new one", () => {
  const records = new NetworkRecords()
  records.heard('old', 0)
  records.heard('new', 0)
  records.update('new', [{ type: 'SITE', identity: 'site-id', attributes: { name: 'a' } }])
  records.update('old', [{ type: 'SITE', identity: 'site-id', attributes: { name: 'a', endTime: 5 } }])
  expect(records.all()).toHaveLength(1)
})

test('an update keeps what it does not mention', () => {
  const records = new NetworkRecords()
  records.heard('r1', 0)
  records.update('r1', [{ type: 'LINK', identity: 'r1:1', attributes: { name: 'link', operStatus: 'up' } }])
  records.update('r1', [{ type: 'LINK', identity: 'r1:1', attributes: { operStatus: 'down' } }])
  expect(records.all()).toEqual([{ type: 'LINK', identity: 'r1:1', attributes: { name: 'link', operStatus: 'down' } }])
})

test('an end time removes a record, and a lost source all of its own', () => {
  const records = new NetworkRecords()
  records.heard('r1', 0)
  records.heard('r2', SOURCE_LOST_MS)
  records.update('r1', [{ type: 'ROUTER', identity: 'r1:0', attributes: {} }])
  records.update('r2', [{ type: 'ROUTER', identity: 'r2:0', attributes: {} }])
  records.update('r2', [{ type: 'LISTENER', identity: 'r2:1', attributes: {} }])
  records.update('r2', [{ type: 'LISTENER', identity: 'r2:1', attributes: { endTime: 5 } }])
  records.expire(SOURCE_LOST_MS + 1)
  expect(records.all().map(({ identity }) => identity)).toEqual(['r2:0'])
})

test('an end time of zero means that the record lives', () => {
  const records = new NetworkRecords()
  records.heard('r1', 0)
  records.update('r1', [{ type: 'ROUTER', identity: 'r1:0', attributes: { endTime: 0 } }])
  expect(records.all()).toHaveLength(1)
})

test('records of unknown sources and of kinds the view does not need are dropped', () => {
  const records = new NetworkRecords()
  records.update('nobody', [{ type: 'ROUTER', identity: 'n:0', attributes: {} }])
  records.heard('r1', 0)
  records.update('r1', [{ type: 'PROCESS', identity: 'r1:9', attributes: {} }])
  expect(records.all()).toEqual([])
})

test('the version grows with changes only', () => {
  const records = new NetworkRecords()
  records.heard('r1', 0)
  const router = { type: 'ROUTER', identity: 'r1:0', attributes: { name: '0/a', mode: 'interior' } } as const
  expect(records.update('r1', [router])).toBe(true)
  const { version } = records
  expect(records.update('r1', [router])).toBe(false)
  records.expire(1)
  expect(records.version).toBe(version)
  expect(records.update('r1', [{ ...router, attributes: { mode: 'edge' } }])).toBe(true)
  expect(records.version).toBe(version + 1)
  records.expire(SOURCE_LOST_MS + 1)
  expect(records.version).toBe(version + 2)
})

test('counters are no change', () => {
  const records = new NetworkRecords()
  records.heard('r1', 0)
  records.update('r1', [{ type: 'LINK', identity: 'r1:1', attributes: { name: 'link', octets: 1, startTime: 5 } }])
  expect(records.update('r1', [{ type: 'LINK', identity: 'r1:1', attributes: { octets: 99 } }])).toBe(false)
  expect(records.all()).toEqual([{ type: 'LINK', identity: 'r1:1', attributes: { name: 'link' } }])
})

test('sources beyond the bound are not kept', () => {
  const records = new NetworkRecords()
  for (let i = 0; i < 2000; i++) expect(records.heard(`r${String(i)}`, 0)).toBe(true)
  expect(records.heard('one-too-many', 0)).toBe(false)
  expect(records.expire(SOURCE_LOST_MS + 1)).toHaveLength(2000)
})

test('skupper-router tells of the site too: both add up, and what the controller says comes later', () => {
  const records = new NetworkRecords()
  records.heard('controller', 0)
  records.heard('router', 0)
  const link = { type: 'LINK', identity: 'router:1', attributes: { name: 'link' } } as const
  records.update('controller', [{ type: 'SITE', identity: 'id', attributes: { name: 'a', namespace: 'west' } }])
  records.update('router', [
    { type: 'SITE', identity: 'id', attributes: { name: 'a' } },
    { type: 'ROUTER', identity: 'router:0', attributes: { name: '0/a' } },
    link,
  ])
  records.update('controller', [{ type: 'SITE', identity: 'id', attributes: { platform: 'linux' } }])
  expect(records.all().map(({ identity }) => identity)).toEqual(['id', 'router:0', 'router:1', 'id'])
  expect(records.all().at(-1)?.attributes).toEqual({ name: 'a', namespace: 'west', platform: 'linux' })
})
