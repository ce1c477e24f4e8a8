import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readPeers } from '../../core/model/link-peers.ts'
import { commandLine } from '../support/cli.ts'
import { isBuiltIn } from '../support/engine.ts'
import { eventually } from '../support/eventually.ts'
import { siteHost } from '../support/machine-site.ts'
import { echoPeer, tcpClient } from '../support/tcp-peers.ts'

const TIMEOUT_MS = 240_000
const PATIENCE = { deadlineMs: 60_000 }
const PORT = 7007

/** A hub that exposes an echo service, and sites that link to it, each by a token of its own. */
async function hubAndSpokes(...names: string[]) {
  const cli = await commandLine('hub', ...names)
  const skupper = (...words: string[]) => cli.skupper(...words)
  const all = ['hub', ...names]
  const hostOf = (name: string): string => siteHost(all.indexOf(name) + 1)
  const ok = async (...words: string[]): Promise<string> => {
    const { exitCode, stdout, stderr } = await skupper(...words)
    expect({ words, exitCode, stderr }).toEqual({ words, exitCode: 0, stderr: '' })
    return stdout
  }
  await Promise.all(
    all.map((name) => ok('-n', name, 'init', '--link-host', hostOf(name), '--listen-host', hostOf(name))),
  )
  const target = await echoPeer(hostOf('hub'))
  const exposing = ['--address', 'echo', '--port', String(PORT), '--target-port', String(target.port)]
  await ok('-n', 'hub', 'expose', 'host', hostOf('hub'), ...exposing)
  const file = (name: string): string => join(cli.home, `${name}.yaml`)
  const link = (name: string) =>
    skupper('-n', name, 'link', 'create', file(name), '--name', 'to-hub', '--timeout', '60s')
  for (const name of names) {
    await ok('-n', 'hub', 'token', 'create', file(name), '--uses', '5')
    expect(await link(name)).toMatchObject({ exitCode: 0 })
  }
  const stream = (name: string) =>
    eventually(async () => {
      const client = tcpClient(PORT, hostOf(name))
      client.socket.write('before')
      await eventually(() => client.text() === 'before', { deadlineMs: 2_000 })
      return client
    }, PATIENCE)
  const status = async (name: string): Promise<string> => (await skupper('-n', name, 'link', 'status')).stdout
  return { skupper, hub: cli.store('hub'), ok, file, link, stream, status }
}

test.runIf(isBuiltIn())(
  'one site loses its access within seconds and for good, others keep theirs',
  { timeout: TIMEOUT_MS },
  async () => {
    const { skupper, ok, file, link, stream, status, hub } = await hubAndSpokes('west', 'south')
    const [ofWest, ofSouth] = await Promise.all([stream('west'), stream('south')])
    const unknown = await skupper('-n', 'hub', 'revoke-access', '--site', 'nowhere')
    expect(unknown.exitCode).toBe(1)
    expect(unknown.stderr).toContain('No site "nowhere" has access to this one: those that have are south, west')

    const said = await ok('-n', 'hub', 'revoke-access', '--site', 'west')
    expect(said).toBe('Access of site "west" revoked: its links to this site end, and its tokens are worthless.\n')
    await eventually(() => ofWest.socket.destroyed, { deadlineMs: 10_000 })
    await eventually(async () => (await status('west')).startsWith('Link to-hub not connected'), PATIENCE)
    ofSouth.socket.write(' and after')
    await eventually(() => ofSouth.text() === 'before and after')
    expect(await ok('-n', 'hub', 'revoke-access', '--site', 'west')).toContain('has had no access since')

    // Neither the token it has redeemed nor, though uses are left, the same under another key.
    await ok('-n', 'west', 'link', 'delete', 'to-hub')
    expect(await link('west')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('refused the token') as string,
    })
    expect(await hub.get('Secret', 'skupper-revocation')).toBeUndefined()

    await ok('-n', 'hub', 'token', 'create', file('west'))
    expect(await link('west')).toMatchObject({ exitCode: 0 })
    const peers = readPeers(await hub.get('Secret', 'skupper-link-peers'))
    expect(peers.map(({ siteName, revoked }) => [siteName, revoked])).toEqual([
      ['south', undefined],
      ['west', undefined],
    ])
    ofSouth.socket.write(' all')
    await eventually(() => ofSouth.text() === 'before and after all')
  },
)

test('access of all sites ends with the authority that gave it', { timeout: TIMEOUT_MS }, async () => {
  const { ok, file, link, stream, status, skupper } = await hubAndSpokes('west')
  await stream('west')
  if (!isBuiltIn()) {
    const { exitCode, stderr } = await skupper('-n', 'hub', 'revoke-access', '--site', 'west')
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 1,
      stderr: /router engine "skupper-router".+without --site/,
    })
  }
  expect(await ok('-n', 'hub', 'revoke-access')).toBe(
    '1 token revoked.\nThe site gets a new certificate authority: links of other sites end, and need new tokens.\n',
  )
  await eventually(async () => (await status('west')).startsWith('Link to-hub not connected'), PATIENCE)
  await ok('-n', 'west', 'link', 'delete', 'to-hub')
  await ok('-n', 'hub', 'token', 'create', file('west'))
  expect(await link('west')).toMatchObject({ exitCode: 0 })
  await stream('west')
})
