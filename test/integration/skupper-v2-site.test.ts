import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { eventually } from '../support/eventually.ts'
import {
  answers,
  backend,
  siteHost,
  startEdgeSite,
  startSite,
  type MachineSite,
  type Service,
} from '../support/machine-site.ts'
import { UNLESS_SKUPPER_V2, v2Connector, v2Listener, v2Site, type V2Site } from '../support/skupper-v2.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const FROM_V2: Service = { address: 'from-v2', port: 8080 }
const FROM_OURS: Service = { address: 'from-ours', port: 8081 }
const PATIENCE = { deadlineMs: 60_000 }

/** The site of v2 serves one service and calls the other. */
async function withServices(site: V2Site, host: string): Promise<void> {
  const { port } = await backend(host, 'from v2')
  await site.apply([v2Connector('from-v2:8080', host, port), v2Listener('from-ours:8081', host, FROM_OURS.port)])
}

/** Each calls the other by routing key. */
async function callEachOther(ours: MachineSite, v2Host: string): Promise<void> {
  const { port } = await backend(ours.host, 'from ours')
  await ours.expose({ ...FROM_OURS, targetPort: port })
  await ours.listen(FROM_V2)
  await answers(ours, FROM_V2, 'from v2')
  await answers({ host: v2Host }, FROM_OURS, 'from ours')
  await eventually(async () => {
    expect((await ours.listener(FROM_V2))?.status).toMatchObject({ status: 'Ready', hasMatchingConnector: true })
    return true
  }, PATIENCE)
}

describe.skipIf(UNLESS_SKUPPER_V2 !== '')(`a site of Skupper v2${UNLESS_SKUPPER_V2}`, { timeout: 180_000 }, () => {
  test.for([
    ['our site', startSite],
    ['our edge site', startEdgeSite],
  ] as const)('%s links to it by what its "link generate" prints', async ([, start]) => {
    const v2 = await v2Site('v2', siteHost(1))
    await withServices(v2, v2.host)
    await v2.start()
    const ours = await start('ours', siteHost(2))
    await writeFile(ours.path('input', 'resources', 'from-v2.yaml'), await v2.link())
    const [name = ''] = await eventually(async () => {
      const links = (await ours.store.list('Link')).map(({ metadata }) => metadata.name)
      return links.length > 0 && links
    })
    await ours.linked(name)
    await callEachOther(ours, v2.host)
    await eventually(async () => {
      const [remote] = await ours.store.list('RemoteSite')
      expect(remote?.status).toMatchObject({ reachable: true })
      const keys = remote?.status?.services?.map(({ routingKey }) => routingKey)
      expect(keys).toEqual(['from-ours:8081', 'from-v2:8080'])
      expect((await ours.linked(name)).status?.remoteSiteId).toBe(remote?.metadata.name)
      return true
    }, PATIENCE)
  })

  test('links to ours by our token', async () => {
    const ours = await startSite('ours', siteHost(1))
    const token = join(await temporaryDirectory(), 'token.yaml')
    await writeFile(token, stringify(await ours.token()))
    const v2 = await v2Site('v2', '')
    const host = siteHost(2)
    await withServices(v2, host)
    await v2.skupper('token', 'redeem', token)
    expect(await v2.input()).toEqual(['Connector', 'Link', 'Listener', 'Secret', 'Site'])
    await v2.start()
    await callEachOther(ours, host)
    await eventually(async () => {
      const [remote] = await ours.store.list('RemoteSite')
      expect(remote?.status).toMatchObject({ reachable: true, linkedIn: true })
      return true
    }, PATIENCE)
  })
})
