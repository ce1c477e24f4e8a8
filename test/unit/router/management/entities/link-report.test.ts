import { beforeEach, expect, test } from 'vitest'
import { LinkReport } from '../../../../../router/management/entities/link-report.ts'
import type { LinkState } from '../../../../../router/management/entities/link-report.ts'
import type { Attributes } from '../../../../../router/telemetry/attributes.ts'

const UP: LinkState = { status: 'SUCCESS', message: 'up', peer: { routerId: 'b', accessId: 'x:1', cost: 3 } }
const DOWN: LinkState = { status: 'FAILED', message: 'refused', peer: undefined }

let nowMs = 0
let attributes: Attributes = {}
let report = newReport()

function newReport(): LinkReport {
  const record = {
    id: 'a:1',
    set: (changed: Attributes) => Object.assign(attributes, changed),
    follow: () => undefined,
    end: () => undefined,
  }
  return new LinkReport(record, () => nowMs)
}

beforeEach(() => {
  nowMs = 1_000
  attributes = {}
  report = newReport()
})

test('a link that was never up is down, without a reason before the first failure', () => {
  report.update({ ...DOWN, status: 'CONNECTING' }, [])
  expect(attributes).toEqual({ operStatus: 'down', downCount: 0 })
  report.update(DOWN, [])
  expect(attributes).toEqual({ operStatus: 'down', downCount: 0, reason: 'refused' })
})

test('a link that is up shows its peer, its cost and what it carried', () => {
  report.update(UP, [
    { bytesIn: 1, bytesOut: 10 },
    { bytesIn: 2, bytesOut: 20 },
  ])
  expect(attributes).toMatchObject({
    operStatus: 'up',
    upTimestamp: 1_000_000,
    peer: 'x:1',
    linkCost: 3,
    octets: 30,
    octetsReverse: 3,
  })
})

test('counters are reported every two seconds', () => {
  report.update(UP, [{ bytesIn: 1, bytesOut: 1 }])
  nowMs += 1_999
  report.update(UP, [{ bytesIn: 2, bytesOut: 2 }])
  expect(attributes.octets).toBe(1)
  nowMs += 1
  report.update(UP, [{ bytesIn: 3, bytesOut: 3 }])
  expect(attributes.octets).toBe(3)
})

test('each loss is counted and timed', () => {
  report.update(UP, [])
  nowMs = 2_000
  report.update(DOWN, [])
  expect(attributes).toMatchObject({ operStatus: 'down', downTimestamp: 2_000_000, downCount: 1, reason: 'refused' })
  report.update(UP, [])
  report.update(DOWN, [])
  expect(attributes.downCount).toBe(2)
})
