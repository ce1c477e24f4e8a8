import { createHash, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { passes } from '../support/passes.ts'
import { line, reachable } from '../support/mesh.ts'
import { call, echo, pour } from '../support/mesh-streams.ts'

const MIB = 1024 * 1024

test('a stream passes through the router in the middle, and its answer back', async () => {
  const [west, middle, east] = await line('west', 'middle', 'east')
  echo(east.core.forwarder, 'shop')
  await reachable(west, 'shop')
  const { outgoing, answer, states } = call(west.core.forwarder, 'shop')
  outgoing.write(Buffer.from('through the middle'))
  outgoing.end()
  await eventually(() => answer.events.includes('end'))
  expect(answer.text).toBe('through the middle')
  await passes(() => {
    expect(states).toEqual(['accepted settled'])
  })
  expect(middle.core.forwarder.stats).toEqual({ forwarded: 2, released: 0, rejected: 0 })
})

test('100 MiB each way arrive unchanged', async () => {
  const [west, , east] = await line('west', 'middle', 'east')
  echo(east.core.forwarder, 'shop')
  await reachable(west, 'shop')
  const chunk = randomBytes(MIB)
  const hash = createHash('sha256')
  for (let i = 0; i < 100; i++) hash.update(chunk)
  const call100 = call(west.core.forwarder, 'shop')
  await pour(call100, chunk, { count: 100 })
  await eventually(() => call100.answer.events.includes('end'), { deadlineMs: 50_000 })
  expect(call100.answer.bytes).toBe(100 * MIB)
  expect(call100.answer.digest()).toBe(hash.digest('hex'))
})

test('300 short streams at the same time are all exact', async () => {
  const [west, , east] = await line('west', 'middle', 'east')
  echo(east.core.forwarder, 'shop')
  await reachable(west, 'shop')
  const calls = Array.from({ length: 300 }, (_, i) => {
    const each = call(west.core.forwarder, 'shop')
    each.outgoing.write(Buffer.from(`request ${String(i)}`))
    each.outgoing.end()
    return each
  })
  await eventually(() => calls.every(({ answer }) => answer.events.includes('end')))
  expect(calls.map(({ answer }) => answer.text)).toEqual(calls.map((_, i) => `request ${String(i)}`))
})
