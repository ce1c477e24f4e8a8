import { X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { isTrue } from '../../core/model/condition.ts'
import { fingerprintOf } from '../../core/pki/certificate.ts'
import { fingerprintsOf } from '../../core/pki/fingerprint.ts'
import { eventually } from '../support/eventually.ts'
import { siteHost, startSite, type MachineSite } from '../support/machine-site.ts'
import { echoPeer, tcpClient } from '../support/tcp-peers.ts'

const SERVICE = { address: 'echo', port: 7007 }
const AUTHORITY_S = 90
const CERTIFICATE_S = 45
const PATIENCE = { deadlineMs: 2 * AUTHORITY_S * 1000 }
const TIMEOUT_MS = 4 * AUTHORITY_S * 1000

async function authorityOf(site: MachineSite): Promise<X509Certificate> {
  return new X509Certificate((await site.store.issuer('skupper-site-ca'))?.certificate ?? '')
}

async function trustOf(site: MachineSite, credentials: string): Promise<string[]> {
  return fingerprintsOf((await site.store.credentials(credentials))?.ca ?? '')
}

test('a site gets a new authority while a stream and its link go on', { timeout: TIMEOUT_MS }, async () => {
  const [east, west] = await Promise.all([
    startSite('east', siteHost(1), {
      'authority-validity': `${String(AUTHORITY_S)}s`,
      'certificate-validity': `${String(CERTIFICATE_S)}s`,
    }),
    startSite('west', siteHost(2)),
  ])
  const target = await echoPeer(east.host)
  await east.expose({ ...SERVICE, targetPort: target.port })
  await west.link('to-east', await east.token())
  await west.linked('to-east')
  const client = await eventually(async () => {
    const attempt = tcpClient(SERVICE.port, west.host)
    attempt.socket.write('before')
    await eventually(() => attempt.text() === 'before', { deadlineMs: 1_000 })
    return attempt
  }, PATIENCE)
  const whileLinked = (check: () => Promise<boolean>) =>
    eventually(async () => {
      const link = await west.store.get('Link', 'to-east')
      if (!isTrue(link?.status, 'Operational')) return { cut: link?.status }
      return (await check()) ? { cut: undefined } : undefined
    }, PATIENCE)

  const old = await authorityOf(east)
  const first = await whileLinked(async () => (await trustOf(east, 'skupper-site-server')).length === 2)
  expect(first).toEqual({ cut: undefined })
  const next = await authorityOf(east)
  expect(next.publicKey.equals(old.publicKey)).toBe(false)
  const both = [next, old].map(fingerprintOf)
  expect(await trustOf(east, 'skupper-site-server')).toEqual(both)

  const second = await whileLinked(async () => (await trustOf(east, 'skupper-site-server')).length === 1)
  expect(second).toEqual({ cut: undefined })
  expect(Date.now()).toBeLessThan(old.validToDate.getTime())
  expect(await trustOf(east, 'skupper-site-server')).toEqual([fingerprintOf(next)])
  expect(await trustOf(west, 'to-east')).toEqual(both)
  client.socket.write(' and after')
  await eventually(() => client.text() === 'before and after')

  // Whoever connects now is shown a certificate of the new authority, and shows one.
  process.kill(await east.routerPid(), 'SIGKILL')
  await eventually(async () => {
    const again = tcpClient(SERVICE.port, west.host)
    again.socket.end('again')
    expect(await again.outcome).toBe('end')
    return again.text() === 'again'
  }, PATIENCE)
})
