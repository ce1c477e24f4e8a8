import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { acquireLock, lockOwner } from '../../../../core/store/lock.ts'
import { temporaryDirectory } from '../../../support/temporary-directory.ts'

const SOON = { deadlineMs: 50 }
const LATER = { deadlineMs: 5000 }

/** A process that has ended and was waited for: its id belongs to nobody. */
async function endedProcess(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' })
  await once(child, 'exit')
  return child.pid ?? 0
}

it('lets one owner in at a time', async () => {
  const path = join(await temporaryDirectory(), 'lock')
  const first = await acquireLock(path, SOON)
  expect(await lockOwner(path)).toBe(process.pid)
  await expect(acquireLock(path, SOON)).rejects.toMatchObject({ code: 'store/locked', given: process.pid })
  await first.release()
  expect(await lockOwner(path)).toBeUndefined()
  const second = await acquireLock(path, SOON)
  await first.release()
  expect(await lockOwner(path)).toBe(process.pid)
  await second.release()
})

it('waits for the owner to finish', async () => {
  const path = join(await temporaryDirectory(), 'lock')
  const first = await acquireLock(path, SOON)
  const second = acquireLock(path, LATER)
  await first.release()
  await (await second).release()
})

it('takes over from a dead owner, one of many at a time, and leaves nothing behind', async () => {
  const directory = await temporaryDirectory()
  const path = join(directory, 'lock')
  await writeFile(path, JSON.stringify({ id: 'a', pid: await endedProcess() }))
  expect(await lockOwner(path)).toBeUndefined()
  let inside = 0
  const work = async (): Promise<void> => {
    const lock = await acquireLock(path, LATER)
    inside += 1
    expect(inside).toBe(1)
    await readFile(path)
    inside -= 1
    await lock.release()
  }
  await Promise.all(Array.from({ length: 16 }, work))
  expect(await readdir(directory)).toEqual([])
})

it('takes over from an owner that died while taking over', async () => {
  const directory = await temporaryDirectory()
  const dead = await endedProcess()
  await writeFile(join(directory, 'lock'), JSON.stringify({ id: 'a', pid: dead }))
  await writeFile(join(directory, 'lock.a'), JSON.stringify({ id: 'b', pid: dead }))
  await acquireLock(join(directory, 'lock'), LATER)
  expect(await readdir(directory)).toEqual(['lock'])
})

it.runIf(process.platform === 'linux')('does not take a later process with the same id for the owner', async () => {
  const path = join(await temporaryDirectory(), 'lock')
  await writeFile(path, JSON.stringify({ id: 'a', pid: process.pid, started: '1' }))
  expect(await lockOwner(path)).toBeUndefined()
  await acquireLock(path, SOON)
})

it.each(['', '{', '{}', '[]', '{"id":"a","pid":"x"}', '{"id":"a","pid":-1}'])(
  'takes over from "%s"',
  async (content) => {
    const path = join(await temporaryDirectory(), 'lock')
    await writeFile(path, content)
    await acquireLock(path, SOON)
    expect(await lockOwner(path)).toBe(process.pid)
  },
)

it('fails where there is no place for a lock', async () => {
  const directory = await temporaryDirectory()
  await mkdir(join(directory, 'lock'))
  await expect(acquireLock(join(directory, 'missing', 'lock'), SOON)).rejects.toMatchObject({ code: 'ENOENT' })
  await expect(acquireLock(join(directory, 'lock'), SOON)).rejects.toMatchObject({ code: 'EISDIR' })
})
