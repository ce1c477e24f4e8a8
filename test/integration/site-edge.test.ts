import { expect, test } from 'vitest'
import { API_VERSION } from '../../core/model/resource-schema.ts'
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

const FROM_ONE: Service = { address: 'one', port: 8080, protocol: 'http' }
const FROM_HUB: Service = { address: 'hub', port: 8081, protocol: 'http' }
const PATIENCE = { deadlineMs: 60_000 }

/** The other sites that a site can reach, by name, with the mode of their router. */
async function reached({ store }: MachineSite): Promise<string[]> {
  const sites = (await store.list('RemoteSite')).filter(({ status }) => status?.reachable === true)
  return sites.map(({ status }) => `${status?.name ?? ''} ${status?.routers?.[0]?.mode ?? ''}`).sort()
}

async function serve(site: MachineSite, service: Service): Promise<void> {
  const { port } = await backend(site.host, `from ${site.name}`)
  await site.expose({ ...service, targetPort: port })
}

test('edge sites link to a site and share services with it and each other', { timeout: 180_000 }, async () => {
  const [hub, one, two] = await Promise.all([
    startSite('hub', siteHost(1)),
    startEdgeSite('one', siteHost(2)),
    startEdgeSite('two', siteHost(3)),
  ])
  for (const edge of [one, two]) {
    await edge.link('to-hub', await hub.token())
    const { spec } = await edge.linked('to-hub')
    expect(spec.endpoints.map(({ name, port }) => `${name} ${port}`)).toContain('edge 45671')
    await eventually(async () => (await edge.store.get('Link', 'to-hub'))?.status?.remoteSiteName === 'hub', PATIENCE)
  }
  await serve(one, FROM_ONE)
  await serve(hub, FROM_HUB)
  await answers(hub, FROM_ONE, 'from one')
  await answers(two, FROM_ONE, 'from one')
  await answers(one, FROM_HUB, 'from hub')
  await eventually(async () => {
    expect(await reached(hub)).toEqual(['one edge', 'two edge'])
    expect(await reached(two)).toEqual(['hub interior', 'one edge'])
    return true
  }, PATIENCE)
  await eventually(async () => {
    expect((await two.listener(FROM_ONE))?.status?.status).toBe('Ready')
    return true
  }, PATIENCE)

  await one.store.apply({ apiVersion: API_VERSION, kind: 'AccessGrant', metadata: { name: 'grant' }, spec: {} })
  await eventually(async () => {
    const grant = await one.store.get('AccessGrant', 'grant')
    return grant?.status?.message === 'This site does not accept links'
  }, PATIENCE)

  await one.unlink('to-hub')
  await eventually(async () => {
    expect(await reached(hub)).toEqual(['two edge'])
    expect(await reached(one)).toEqual([])
    return true
  }, PATIENCE)
})
