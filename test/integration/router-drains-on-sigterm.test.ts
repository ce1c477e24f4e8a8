import { expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { startRouter } from '../support/router-process.ts'
import { echoPeer, tcpClient } from '../support/tcp-peers.ts'

/** A router that serves an echo, and a client that has talked to it. */
async function connected(...flags: string[]) {
  const { port } = await echoPeer()
  const config = [
    ['router', { id: 'a', mode: 'interior' }],
    ['tcpListener', { name: 'echo', address: 'echo:7', host: '127.0.0.1', port: 0 }],
    ['tcpConnector', { name: 'echo', address: 'echo:7', host: '127.0.0.1', port }],
  ]
  const router = await startRouter(config, { flags })
  const listening = await router.port('echo')
  const client = tcpClient(listening)
  client.socket.write('before')
  await eventually(() => client.text() === 'before')
  return { router, listening, client }
}

test('nobody new comes in, whoever is there may finish, then it ends', async () => {
  const { router, listening, client } = await connected()
  router.signal('SIGTERM')
  await router.logged({ msg: 'draining' })
  expect(await tcpClient(listening).outcome).toBe('ECONNREFUSED')
  client.socket.end(' and after')
  expect(await client.outcome).toBe('end')
  expect(client.text()).toBe('before and after')
  expect(await router.ended).toEqual({ code: 0, signal: null })
})

test('for a while it still takes clients where it is told to', async () => {
  const { router, listening } = await connected('--leave-seconds', '3600')
  router.signal('SIGTERM')
  await router.logged({ msg: 'leaving' })
  const late = tcpClient(listening)
  late.socket.write('late')
  await eventually(() => late.text() === 'late')
  router.signal('SIGTERM')
  expect(await router.ended).toEqual({ code: 1, signal: null })
})

test('whoever does not finish within the grace period is cut off', async () => {
  const { router, client } = await connected('--grace-seconds', '0')
  router.signal('SIGTERM')
  expect(await client.outcome).toBe('ECONNRESET')
  expect(await router.ended).toEqual({ code: 0, signal: null })
})

test('a second signal ends it at once', async () => {
  const { router } = await connected('--grace-seconds', '3600')
  router.signal('SIGTERM')
  await router.logged({ msg: 'draining' })
  router.signal('SIGTERM')
  expect(await router.ended).toEqual({ code: 1, signal: null })
})

test('it ends with its standard input where it is told to', async () => {
  const { router } = await connected('--end-with-stdin', '--grace-seconds', '0')
  router.closeStdin()
  expect(await router.ended).toEqual({ code: 0, signal: null })
})
