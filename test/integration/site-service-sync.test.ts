import { expect, test } from 'vitest'
import { ORIGINS_ANNOTATION } from '../../core/model/annotation-names.ts'
import { eventually } from '../support/eventually.ts'
import { answers, backend, siteHost, startSite, type MachineSite } from '../support/machine-site.ts'

const SERVICE = { address: 'backend', port: 8080, labels: { tier: 'web' } }

async function originsAt(site: MachineSite): Promise<unknown> {
  const { metadata } = (await site.listener(SERVICE)) ?? {}
  const origins: unknown = JSON.parse(metadata?.annotations?.[ORIGINS_ANNOTATION] ?? '[]')
  return origins
}

const idOf = async (site: MachineSite): Promise<string> => (await site.site()).metadata.uid ?? ''

test('a synced listener names all sites that offer its service, and goes with the last of them', async () => {
  const [hub, one, two] = await Promise.all(
    ['hub', 'one', 'two'].map((name, index) => startSite(name, siteHost(index + 1))),
  )
  if (hub === undefined || one === undefined || two === undefined) throw new Error('no sites')
  for (const site of [one, two]) {
    const { port } = await backend(site.host, `from ${site.name}`)
    await site.link('to-hub', await hub.token())
    await site.expose({ ...SERVICE, targetPort: port })
  }
  const both = [await idOf(one), await idOf(two)].sort()
  await eventually(
    async () => {
      expect(await originsAt(hub)).toEqual(both)
      return true
    },
    { deadlineMs: 30_000 },
  )
  expect((await hub.listener(SERVICE))?.metadata.labels).toMatchObject({ tier: 'web', 'skupper.io/synced': 'true' })

  await one.unexpose(SERVICE)
  await eventually(async () => {
    expect(await originsAt(hub)).toEqual([await idOf(two)])
    return true
  })
  await answers(hub, SERVICE, 'from two')
  await two.unexpose(SERVICE)
  await eventually(async () => (await hub.listener(SERVICE)) === undefined)
})

test('service-sync off takes and tells nothing; labels select what is shared', async () => {
  const [hub, silent, picky] = await Promise.all([
    startSite('hub', siteHost(1)),
    startSite('silent', siteHost(2), { 'service-sync': 'false' }),
    startSite('picky', siteHost(3), { 'service-sync-labels': 'tier=db' }),
  ])
  await silent.link('to-hub', await hub.token())
  await picky.link('to-hub', await hub.token())
  await silent.expose({ address: 'unheard', port: 9000 })
  await hub.expose(SERVICE)
  await hub.expose({ address: 'db', port: 5432, labels: { tier: 'db' } })
  await eventually(async () => (await picky.listener({ address: 'db', port: 5432 })) !== undefined, {
    deadlineMs: 30_000,
  })
  expect(await picky.listener(SERVICE)).toBeUndefined()
  expect(await silent.store.list('Listener')).toEqual([])
  expect(await hub.listener({ address: 'unheard', port: 9000 })).toBeUndefined()
})
