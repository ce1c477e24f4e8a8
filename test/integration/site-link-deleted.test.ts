import { expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { answers, backend, call, siteHost, startSite, type MachineSite } from '../support/machine-site.ts'

const SERVICE = { address: 'backend', port: 8080 }

/** Two linked sites; what west exposes answers in east. */
async function linkedSites(spec: Parameters<MachineSite['token']>[0] = {}) {
  const [east, west] = await Promise.all([startSite('east', siteHost(1)), startSite('west', siteHost(2))])
  const { port } = await backend(west.host, 'from west')
  const token = await east.token(spec)
  await west.link('to-east', token)
  await west.expose({ ...SERVICE, targetPort: port })
  await answers(east, SERVICE, 'from west')
  return { east, west, token }
}

test('when a link is deleted requests fail at once, and the same token makes it again, also after its expiry', async () => {
  const { east, west, token } = await linkedSites({ expirationWindow: '1m', redemptionsAllowed: 1 })
  const grantName = token.metadata.name
  await west.unlink('to-east')
  await eventually(async () => {
    await expect(call(east, SERVICE)).rejects.toThrow('fetch failed')
    return true
  })
  expect(await west.store.list('Link')).toEqual([])
  await eventually(async () => (await west.store.credentials('to-east')) === undefined)
  await eventually(async () => {
    expect((await east.site()).status?.sitesInNetwork).toBe(1)
    return true
  })

  // The grant as it will be when its time is over.
  const grant = await east.store.get('AccessGrant', grantName)
  if (grant === undefined) throw new Error('the grant is gone')
  await east.store.applyRuntime({ ...grant, status: { ...grant.status, expirationTime: '2020-01-01T00:00:00Z' } })
  await west.link('to-east', token)
  await west.linked('to-east')
  await answers(east, SERVICE, 'from west')
  expect((await east.store.get('AccessGrant', grantName))?.status?.redemptions).toBe(1)
})

test('a link made again under another name from the same token works too', async () => {
  const { west, token } = await linkedSites()
  await west.unlink('to-east')
  await west.link('again', token)
  await west.linked('again')
  expect((await west.store.list('Link')).map(({ metadata }) => metadata.name)).toEqual(['again'])
})
