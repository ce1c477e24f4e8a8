import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { RouterProcess, type RouterProcessOptions } from '../../controller/router/router-process.ts'
import { argumentsOf } from '../../core/store/running-process.ts'
import { eventually } from '../support/eventually.ts'

/** Stands for a router: says when it runs, ends with its standard input or on SIGTERM. */
const OBEDIENT = `
  process.stdin.resume().on('end', () => process.exit(0))
  process.on('SIGTERM', () => process.exit(0))
  console.log('running')`
const STUBBORN = `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('running')`

let dir = ''

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'router-process-'))
  const made = dir
  return () => rm(made, { recursive: true })
})

interface Watched {
  router: RouterProcess
  pids: number[]
  ends: { reason: string; retryMs: number }[]
}

function watched(program: string, changes: Partial<RouterProcessOptions> = {}): Watched {
  const pids: number[] = []
  const ends: Watched['ends'] = []
  const configFile = join(dir, 'skrouterd.json')
  const router = new RouterProcess({
    command: [process.execPath, '-e', program, configFile],
    configFile,
    pidFile: join(dir, 'router.pid'),
    logFile: join(dir, 'router.log'),
    environment: {},
    prepare: () => Promise.resolve(),
    events: {
      onStarted: (pid) => pids.push(pid),
      onEnded: (reason, retryMs) => ends.push({ reason, retryMs }),
    },
    random: () => 1,
    ...changes,
  })
  onTestFinished(() => router.close(100))
  return { router, pids, ends }
}

const gone = async (pid: number): Promise<boolean> => (await argumentsOf(pid)).length === 0

async function untilRunning(times = 1): Promise<void> {
  await eventually(async () => {
    const log = await readFile(join(dir, 'router.log'), 'utf8')
    return log.split('running').length > times
  })
}

test('a killed router is started again', async () => {
  const { router, pids, ends } = watched(OBEDIENT)
  await router.start()
  process.kill(pids[0] ?? 0, 'SIGKILL')
  await eventually(() => pids.length === 2)
  expect(ends).toEqual([{ reason: 'SIGKILL', retryMs: 100 }])
  expect(Number(await readFile(join(dir, 'router.pid'), 'utf8'))).toBe(pids[1])
})

test('a router that cannot start is tried again and its exit code is told', async () => {
  const { router, ends } = watched('process.exit(3)')
  await router.start()
  await eventually(() => ends.length >= 3)
  expect(ends[0]?.reason).toBe('exit code 3')
  expect(ends[1]?.retryMs).toBeGreaterThan(ends[0]?.retryMs ?? Infinity)
})

test('a failed preparation counts as an end', async () => {
  let tries = 0
  const prepare = () => (tries++ === 0 ? Promise.reject(new Error('no port')) : Promise.resolve())
  const { router, pids, ends } = watched(OBEDIENT, { prepare })
  await router.start()
  expect(ends.map(({ reason }) => reason)).toEqual(['no port'])
  await eventually(() => pids.length === 1)
})

test('a program that does not exist is reported, not thrown', async () => {
  const { router, ends } = watched('', { command: [join(dir, 'missing')] })
  await router.start()
  expect(ends).toHaveLength(1)
})

test('close asks first and kills a router that does not end', async () => {
  const { router, pids } = watched(STUBBORN)
  await router.start()
  await untilRunning()
  await router.close(50)
  await router.close(50)
  expect(await gone(pids[0] ?? 0)).toBe(true)
  await expect(readFile(join(dir, 'router.pid'))).rejects.toThrow('ENOENT')
})

test('a router left behind by a killed supervisor is ended before ours starts', async () => {
  const left = spawn(process.execPath, ['-e', STUBBORN, join(dir, 'skrouterd.json')], { stdio: 'ignore' })
  const leftPid = left.pid ?? 0
  await writeFile(join(dir, 'router.pid'), String(leftPid))
  const { router, pids } = watched(OBEDIENT)
  await router.start()
  expect(await gone(leftPid)).toBe(true)
  expect(pids).toHaveLength(1)
})

test('a process that only reuses the recorded id is left alone', async () => {
  const other = spawn(process.execPath, ['-e', STUBBORN, 'another'], { stdio: 'ignore' })
  onTestFinished(() => void other.kill('SIGKILL'))
  const otherPid = other.pid ?? 0
  await writeFile(join(dir, 'router.pid'), String(otherPid))
  await watched(OBEDIENT).router.start()
  expect(await gone(otherPid)).toBe(false)
})
