import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { argumentsOf } from '../../core/store/running-process.ts'

const DEMO = join(import.meta.dirname, '../../scripts/demo/main.ts')

test('the demo tells its story, and leaves no process and no file behind', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'demo-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const demo = spawn(process.execPath, [DEMO, '--once'], {
    env: { PATH: process.env['PATH'], HOME: folder, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let story = ''
  demo.stdout.on('data', (chunk: Buffer) => (story += chunk.toString()))
  const [exitCode] = (await once(demo, 'close')) as [number | null]
  expect(exitCode, story).toBe(0)
  expect(story).toContain('Link link-to-public is connected')
  expect(await readdir(folder)).toEqual([])
  expect(await processesNaming(folder)).toEqual([])
}, 120_000)

/** The processes of this machine that have `text` among their arguments. */
async function processesNaming(text: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const commands = await Promise.all(pids.map((pid) => argumentsOf(Number(pid))))
  return commands.map((words) => words.join(' ')).filter((command) => command.includes(text))
}
