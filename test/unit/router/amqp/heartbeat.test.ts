import { afterEach, expect, test } from 'vitest'
import { Heartbeat } from '../../../../router/amqp/heartbeat.ts'
import { eventually } from '../../../support/eventually.ts'

const running: Heartbeat[] = []
afterEach(() => {
  for (const heartbeat of running.splice(0)) heartbeat.stop()
})

function start(o: { peerTimeoutMs?: number; ownTimeoutMs?: number; traffic?: boolean; unread?: number }) {
  const counts = { in: 0, out: 0, beats: 0, expired: [] as string[] }
  const count = (way: 'in' | 'out') => () => (o.traffic === true ? ++counts[way] : counts[way])
  running.push(
    new Heartbeat({
      peerTimeoutMs: o.peerTimeoutMs ?? 0,
      ownTimeoutMs: o.ownTimeoutMs ?? 0,
      bytesIn: count('in'),
      bytesOut: count('out'),
      bytesTaken: () => (o.unread === undefined ? counts.out : 0),
      beat: () => counts.beats++,
      expire: (what) => counts.expired.push(what),
    }),
  )
  return counts
}

test('a quiet side gives signs of life, again and again', async () => {
  const counts = start({ peerTimeoutMs: 100 })
  await eventually(() => counts.beats >= 3)
  expect(counts.expired).toEqual([])
})

test('a side that sends anyway gives none', async () => {
  const counts = start({ peerTimeoutMs: 100, traffic: true })
  await eventually(() => counts.out > 5)
  expect(counts.beats).toBe(0)
})

test('a peer that is silent expires, one that is heard does not', async () => {
  const silent = start({ ownTimeoutMs: 50 })
  const heard = start({ ownTimeoutMs: 50, traffic: true })
  await eventually(() => silent.expired.length > 0)
  expect(silent.expired[0]).toBe('nothing came from the peer')
  expect(heard.expired).toEqual([])
})

test('a peer that talks and does not read expires', async () => {
  const counts = start({ ownTimeoutMs: 50, traffic: true, unread: 1 })
  await eventually(() => counts.expired.length > 0)
  expect(counts.expired[0]).toBe('the peer does not read')
})

test('without time-outs, and after stop, nothing is looked at', async () => {
  const never = start({ traffic: true })
  const stopped = start({ peerTimeoutMs: 100, ownTimeoutMs: 50, traffic: true })
  running.at(-1)?.stop()
  const { in: looksIn, out: looksOut } = stopped
  const other = start({ peerTimeoutMs: 100 })
  await eventually(() => other.beats > 2)
  expect([never.in, never.out]).toEqual([0, 0])
  expect([stopped.in, stopped.out]).toEqual([looksIn, looksOut])
})
