import { expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { line, reachable } from '../support/mesh.ts'
import { call, echo, pour, take } from '../support/mesh-streams.ts'

const CHUNK = Buffer.alloc(64 * 1024, 1)
const CHUNKS = 1024
/** What two hops may hold of a stream whose reader has stopped. */
const MOST_HELD_BYTES = 24 * 1024 * 1024

test('a reader that stops holds up its own sender, at a bound, and nobody else', async () => {
  const [west, , east] = await line('west', 'middle', 'east')
  const taken = take(east.core.forwarder, 'slow')
  echo(east.core.forwarder, 'fast')
  await reachable(west, 'slow')
  await reachable(west, 'fast')

  const slow = call(west.core.forwarder, 'slow')
  await eventually(() => taken.length === 1)
  taken[0]?.delivery.pause()
  const poured = pour(slow, CHUNK, { count: CHUNKS })

  const fast = call(west.core.forwarder, 'fast')
  await pour(fast, CHUNK, { count: CHUNKS })
  await eventually(() => fast.answer.events.includes('end'), { deadlineMs: 30_000 })
  expect(fast.answer.bytes).toBe(CHUNKS * CHUNK.length)

  expect(taken[0]?.record.bytes).toBe(0)
  expect(slow.handedOver).toBeGreaterThan(0)
  expect(slow.handedOver).toBeLessThan(MOST_HELD_BYTES)
  taken[0]?.delivery.resume()
  await poured
  await eventually(() => taken[0]?.record.events.includes('end'))
  expect(taken[0]?.record.bytes).toBe(CHUNKS * CHUNK.length)
})

test('an answer that nobody reads holds up the one who writes it', async () => {
  const [west, , east] = await line('west', 'middle', 'east')
  const taken = take(west.core.forwarder, 'reader')
  await reachable(east, 'reader')
  const answer = call(east.core.forwarder, 'reader')
  await eventually(() => taken.length === 1)
  taken[0]?.delivery.pause()
  const poured = pour(answer, CHUNK, { count: CHUNKS })
  await eventually(() => answer.waiting)
  expect(answer.handedOver).toBeLessThan(MOST_HELD_BYTES)
  taken[0]?.delivery.resume()
  await poured
  await eventually(() => taken[0]?.record.events.includes('end'))
  expect(taken[0]?.record.bytes).toBe(CHUNKS * CHUNK.length)
})
