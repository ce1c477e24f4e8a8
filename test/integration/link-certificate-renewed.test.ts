import { X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { siteHost, startSite, type MachineSite } from '../support/machine-site.ts'
import { echoPeer, tcpClient } from '../support/tcp-peers.ts'

const SERVICE = { address: 'echo', port: 7007 }
const VALIDITY_MS = 30_000
const PATIENCE = { deadlineMs: 2 * VALIDITY_MS }

async function certificateOf(site: MachineSite, link: string): Promise<X509Certificate> {
  return new X509Certificate((await site.store.credentials(link))?.certificate ?? '')
}

test(
  'a link renews its certificate by the one it has, its grant gone, and cuts no stream',
  { timeout: 120_000 },
  async () => {
    const [east, west] = await Promise.all([
      startSite('east', siteHost(1), { 'certificate-validity': `${String(VALIDITY_MS / 1000)}s` }),
      startSite('west', siteHost(2)),
    ])
    const target = await echoPeer(east.host)
    await east.expose({ ...SERVICE, targetPort: target.port })
    const token = await east.token({ redemptionsAllowed: 1, expirationWindow: '10s' })
    await west.link('to-east', token)
    await west.linked('to-east')
    const first = await certificateOf(west, 'to-east')
    await east.store.delete('AccessGrant', token.metadata.name)
    const client = await eventually(async () => {
      const attempt = tcpClient(SERVICE.port, west.host)
      attempt.socket.write('before')
      await eventually(() => attempt.text() === 'before', { deadlineMs: 1_000 })
      return attempt
    }, PATIENCE)

    await eventually(() => Date.now() > first.validToDate.getTime(), PATIENCE)
    const second = await certificateOf(west, 'to-east')
    expect(second.serialNumber).not.toBe(first.serialNumber)
    expect(second.validToDate.getTime()).toBeGreaterThan(Date.now())
    expect(second.publicKey.equals(first.publicKey)).toBe(true)
    client.socket.write(' and after')
    await eventually(() => client.text() === 'before and after')
    expect(east.log.join('\n')).toContain('certificate of a link renewed for its site')

    // The first certificate is of no use any more: whoever connects now shows a later one.
    process.kill(await west.routerPid(), 'SIGKILL')
    await eventually(async () => {
      const again = tcpClient(SERVICE.port, west.host)
      again.socket.end('again')
      expect(await again.outcome).toBe('end')
      return again.text() === 'again'
    }, PATIENCE)
    expect(west.log.join('\n')).toContain('certificate of a link renewed')
  },
)
