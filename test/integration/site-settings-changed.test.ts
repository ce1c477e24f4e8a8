import { expect, test } from 'vitest'
import { isTrue } from '../../core/model/condition.ts'
import { eventually } from '../support/eventually.ts'
import { routerAccess } from '../support/machine-resources.ts'
import { answers, backend, siteHost, startSite, type MachineSite } from '../support/machine-site.ts'
import { echoPeer, tcpClient } from '../support/tcp-peers.ts'

const ECHO = { address: 'echo', port: 7007 }
const WEB = { address: 'web', port: 8080 }
const LATE = { address: 'late', port: 8081 }
const PATIENCE = { deadlineMs: 120_000 }

/** Changes settings of the Site as `init` does when it is run again. */
async function change(at: MachineSite, changes: Record<string, string>): Promise<void> {
  const { metadata, spec, ...site } = await at.site()
  const settings = { ...spec.settings, ...changes }
  await at.store.apply({ ...site, metadata: { name: metadata.name }, spec: { ...spec, settings } })
}

test('settings change in a running site and cut nothing; links find the new port', { timeout: 240_000 }, async () => {
  const [east, west] = await Promise.all([startSite('east', siteHost(1)), startSite('west', siteHost(2))])
  await west.link('to-east', await east.token())
  const echo = await echoPeer(west.host)
  const { port } = await backend(east.host, 'from east')
  await west.expose({ ...ECHO, targetPort: echo.port })
  await east.expose({ ...WEB, targetPort: port })
  await answers(west, WEB, 'from east')
  await eventually(async () => isTrue((await east.listener(ECHO))?.status, 'Matched'), PATIENCE)
  const client = tcpClient(ECHO.port, east.host)
  const stillThere = async (word: string) => {
    client.socket.write(word)
    await eventually(() => client.text().endsWith(word))
  }
  await stillThere('first')
  const routers = await Promise.all([east.routerPid(), west.routerPid()])

  const elsewhere = siteHost(3)
  await change(west, { 'listen-host': elsewhere })
  await answers({ host: elsewhere }, WEB, 'from east')
  await stillThere('listen-host')

  await east.store.apply(
    routerAccess('skupper-router', {
      roles: [{ name: 'inter-router', port: 55_999 }],
      bindHost: east.host,
      subjectAlternativeNames: [east.host],
    }),
  )
  await eventually(async () => (await east.site()).status?.endpoints?.some((endpoint) => endpoint.port === '55999'))
  await stillThere('link-port')

  await change(east, { 'service-sync': 'false' })
  await east.expose({ ...LATE, targetPort: port })
  await eventually(async () => (await west.listener(WEB)) === undefined, PATIENCE)
  expect(await west.listener(LATE)).toBeUndefined()
  await change(east, { 'service-sync': 'true' })
  await answers({ host: elsewhere }, LATE, 'from east')
  expect(await Promise.all([east.routerPid(), west.routerPid()])).toEqual(routers)

  process.kill(await west.routerPid(), 'SIGKILL')
  await eventually(async () => {
    const link = await west.store.get('Link', 'to-east')
    expect(link?.spec.endpoints.map((endpoint) => endpoint.port)).toEqual(['55999'])
    return true
  }, PATIENCE)
  await west.linked('to-east')
  await answers({ host: elsewhere }, WEB, 'from east')
})
