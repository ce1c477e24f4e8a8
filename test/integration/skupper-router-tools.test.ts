import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { startRouter } from '../support/router-process.ts'
import { SKROUTERD, UNLESS_SKROUTERD } from '../support/skrouterd.ts'

const HOST = '127.0.0.1'
/** The tool that comes with skupper-router, looked for beside it. */
const SKSTAT = join(dirname(SKROUTERD), 'skstat')

async function skstat(option: string): Promise<string> {
  const router = await startRouter([
    ['router', { id: 'ours', mode: 'interior' }],
    ['listener', { name: 'clients', host: HOST, port: 0, role: 'normal' }],
    ['tcpConnector', { name: 'web', address: 'web:80', host: HOST, port: '1' }],
  ])
  const bus = `amqp://${HOST}:${String(await router.port('clients'))}`
  const { stdout } = await promisify(execFile)(SKSTAT, ['-b', bus, option], { timeout: 10_000 })
  return stdout
}

describe.skipIf(SKROUTERD === '' || !existsSync(SKSTAT))(`tools of skupper-router${UNLESS_SKROUTERD}`, () => {
  test.each([
    ['addresses', '-a', /mobile +web:80 +balanced +- +1 +0 +0 +0 +0/],
    ['connections', '-c', /normal +amqp +in/],
    ['routers', '-n', /ours +\(self\)/],
  ])('show our %s', async (_, option, shown) => {
    expect(await skstat(option)).toMatch(shown)
  })
})
