import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { startRouter } from '../support/router-process.ts'
import { SKROUTERD, startSkupperRouter, UNLESS_SKROUTERD } from '../support/skrouterd.ts'
import { closedPort } from '../support/tcp-peers.ts'

const HOST = '127.0.0.1'
const PATIENCE = { deadlineMs: 30_000 }
/** The tool that comes with skupper-router, looked for beside it. */
const SKSTAT = join(dirname(SKROUTERD), 'skstat')

async function skstat(bus: string, ...options: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(SKSTAT, ['-b', bus, ...options], { timeout: 10_000 })
  return stdout
}

/** Our router, with these entities besides; where its clients connect. */
async function ours(...entities: unknown[]): Promise<string> {
  const router = await startRouter([
    ['router', { id: 'ours', mode: 'interior' }],
    ['listener', { name: 'clients', host: HOST, port: 0, role: 'normal' }],
    ['tcpConnector', { name: 'web', address: 'web:80', host: HOST, port: '1' }],
    ...entities,
  ])
  return `amqp://${HOST}:${String(await router.port('clients'))}`
}

describe.skipIf(SKROUTERD === '' || !existsSync(SKSTAT))(`tools of skupper-router${UNLESS_SKROUTERD}`, () => {
  test.each([
    ['addresses', '-a', /mobile +web:80 +balanced +- +1 +0 +0 +0 +0/],
    ['connections', '-c', /normal +amqp +in/],
    ['routers', '-n', /ours +\(self\)/],
  ])('show our %s', async (_, option, shown) => {
    expect(await skstat(await ours(), option)).toMatch(shown)
  })

  test('show routers of both kinds across each other', async () => {
    const [link, clients] = [await closedPort(), await closedPort()]
    const listeners = [
      ['listener', { name: 'links', role: 'inter-router', host: HOST, port: link }],
      ['listener', { name: 'clients', role: 'normal', host: HOST, port: clients }],
    ] as const
    await startSkupperRouter('real', listeners, [link, clients])
    const bus = await ours(['connector', { name: 'real', role: 'inter-router', host: HOST, port: link }])
    const theirs = `amqp://${HOST}:${String(clients)}`
    await eventually(async () => (await skstat(bus, '-n')).includes('real '), PATIENCE)
    await eventually(async () => /ours +-/.test(await skstat(theirs, '-n')), PATIENCE)
    // A router drops an answer for one that it has only just heard of.
    await eventually(async () => /ours +inter-router/.test(await skstat(bus, '-t', '2', '-r', 'real', '-c')), PATIENCE)
    expect(await skstat(theirs, '-r', 'ours', '-a')).toMatch(/mobile +web:80/)
  })
})
