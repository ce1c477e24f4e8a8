import { expect, onTestFinished, test } from 'vitest'
import { ReconcileLoop, type LoopOptions } from '../../../controller/reconcile-loop.ts'
import { eventually } from '../../support/eventually.ts'

const LONG_MS = 3_600_000

function startLoop(options: Pick<LoopOptions, 'reconcile'> & Partial<LoopOptions>): ReconcileLoop {
  const loop = new ReconcileLoop({ onError: () => undefined, everyMs: LONG_MS, gatherMs: 1, ...options })
  onTestFinished(() => loop.close())
  loop.start()
  return loop
}

/** A pass that does only `work`, at once. */
const pass = (work: () => void) => () => {
  work()
  return Promise.resolve()
}

test('the first pass comes without a trigger', async () => {
  let passes = 0
  startLoop({ reconcile: pass(() => passes++) })
  await eventually(() => passes === 1)
})

test('triggers during a pass lead to one further pass, never two at a time', async () => {
  let passes = 0
  let atOnce = 0
  let most = 0
  let finish = (): void => undefined
  const loop = startLoop({
    reconcile: async () => {
      passes++
      most = Math.max(most, ++atOnce)
      if (passes === 1) await new Promise<void>((resolve) => (finish = resolve))
      atOnce--
    },
  })
  await eventually(() => passes === 1)
  for (let i = 0; i < 10; i++) loop.trigger()
  finish()
  await eventually(() => passes === 2)
  loop.trigger()
  await eventually(() => passes === 3)
  expect(most).toBe(1)
})

test('a pass that fails is reported and the next one comes', async () => {
  const errors: unknown[] = []
  let passes = 0
  const loop = startLoop({
    reconcile: () => (passes++ === 0 ? Promise.reject(new Error('no')) : Promise.resolve()),
    onError: (error) => errors.push(error),
  })
  await eventually(() => errors.length === 1)
  loop.trigger()
  await eventually(() => passes === 2)
  expect(errors).toHaveLength(1)
})

test('passes come by themselves', async () => {
  let passes = 0
  startLoop({ reconcile: pass(() => passes++), everyMs: 5 })
  await eventually(() => passes >= 3)
})

test('close waits for the running pass and may be called twice', async () => {
  let finish = (): void => undefined
  let ended = false
  const loop = startLoop({
    reconcile: async () => {
      await new Promise<void>((resolve) => (finish = resolve))
      ended = true
    },
  })
  const closing = loop.close()
  finish()
  await closing
  await loop.close()
  expect(ended).toBe(true)
})
