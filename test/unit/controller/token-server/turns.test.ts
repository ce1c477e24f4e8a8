import { expect, test } from 'vitest'
import { Turns } from '../../../../controller/token-server/turns.ts'

function gate() {
  let open: () => void = () => undefined
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}

test('tasks of one key run one after the other in order, those of others beside them', async () => {
  const turns = new Turns()
  const events: string[] = []
  const first = gate()
  const one = turns.run('a', async () => {
    events.push('a1 begins')
    await first.opened
    events.push('a1 ends')
    return 1
  })
  const two = turns.run('a', () => {
    events.push('a2')
    return Promise.resolve(2)
  })
  await turns.run('b', () => {
    events.push('b')
    return Promise.resolve()
  })
  first.open()
  expect(await Promise.all([one, two])).toEqual([1, 2])
  expect(events).toEqual(['a1 begins', 'b', 'a1 ends', 'a2'])
})

test('a task that fails leaves the turn to the next', async () => {
  const turns = new Turns()
  const failing = turns.run('a', () => Promise.reject(new Error('no')))
  const next = turns.run('a', () => Promise.resolve('yes'))
  await expect(failing).rejects.toThrow('no')
  expect(await next).toBe('yes')
})
