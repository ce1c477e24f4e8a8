import { expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { answers, backend, siteHost, startSite } from '../support/machine-site.ts'

const SERVICE = { address: 'backend', port: 8080, protocol: 'http' } as const

test('two sites linked by a token: a service exposed in one is called from the other', async () => {
  const [east, west] = await Promise.all([startSite('east', siteHost(1)), startSite('west', siteHost(2))])
  const { port } = await backend(west.host, 'from west')
  await west.link('to-east', await east.token())
  await west.expose({ ...SERVICE, targetPort: port })

  const link = await west.linked('to-east')
  await answers(east, SERVICE, 'from west')
  const eastId = (await east.site()).metadata.uid
  const westId = (await west.site()).metadata.uid ?? ''
  expect(link.status?.status).toBe('Ready')

  await eventually(async () => {
    expect((await west.linked('to-east')).status).toMatchObject({ remoteSiteId: eastId, remoteSiteName: 'east' })
    expect((await east.store.get('RemoteSite', westId))?.status).toMatchObject({
      name: 'west',
      reachable: true,
      linkedIn: true,
      services: [{ routingKey: 'backend:8080', connectors: 1 }],
    })
    expect((await east.listener(SERVICE))?.status).toMatchObject({ status: 'Ready', hasMatchingConnector: true })
    expect((await east.site()).status?.sitesInNetwork).toBe(2)
    return true
  })
})
