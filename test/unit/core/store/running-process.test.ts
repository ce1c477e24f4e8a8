import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { argumentsOf, endProcess } from '../../../../core/store/running-process.ts'

async function running(program: string): Promise<number> {
  const child = spawn(process.execPath, ['-e', program, 'marked'], { stdio: ['ignore', 'pipe', 'ignore'] })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  await once(child.stdout, 'data')
  return child.pid ?? 0
}

const WAITS = `setInterval(() => {}, 1000); console.log('up')`

test('tells the arguments of a process while it runs', async () => {
  const pid = await running(WAITS)
  expect(await argumentsOf(pid)).toContain('marked')
  await endProcess(pid, 5_000)
  expect(await argumentsOf(pid)).toEqual([])
})

test('kills what does not end when asked', async () => {
  const pid = await running(`process.on('SIGTERM', () => {}); ${WAITS}`)
  await endProcess(pid, 50)
  expect(await argumentsOf(pid)).toEqual([])
})

test('a process that is gone has already ended', async () => {
  const pid = await running(WAITS)
  await endProcess(pid, 5_000)
  await endProcess(pid, 5_000)
  expect(await argumentsOf(pid)).toEqual([])
})
