import { expect, test } from 'vitest'
import { GENERATED_BY_ANNOTATION } from '../../core/model/annotation-names.ts'
import { eventually } from '../support/eventually.ts'
import { linkByHand } from '../support/link-by-hand.ts'
import { conditionOf } from '../support/machine-resources.ts'
import { answers, backend, siteHost, startSite } from '../support/machine-site.ts'

const SERVICE = { address: 'backend', port: 8080 }
const PATIENCE = { deadlineMs: 90_000 }

test('a link to a site that was made anew says so, and a new token makes it', { timeout: 180_000 }, async () => {
  const [east, west] = await Promise.all([startSite('east', siteHost(1)), startSite('west', siteHost(2))])
  await west.link('to-east', await east.token())
  await west.linked('to-east')
  await east.store.destroy()
  await east.stop()

  const anew = await startSite('east', east.host)
  expect((await anew.site()).metadata.uid).not.toBe((await east.site().catch(() => undefined))?.metadata.uid)
  await eventually(async () => {
    const link = await west.store.get('Link', 'to-east')
    const told = link && conditionOf(link, 'Operational')
    expect(told).toContain('is not the site that issued the token')
    return true
  }, PATIENCE)

  await west.unlink('to-east')
  await west.link('to-east', await anew.token())
  await west.linked('to-east')
  const { port } = await backend(anew.host, 'from the new east')
  await anew.expose({ ...SERVICE, targetPort: port })
  await answers(west, SERVICE, 'from the new east')
})

test('two sites of one name are two sites', { timeout: 120_000 }, async () => {
  const [one, other] = await Promise.all([startSite('same', siteHost(1)), startSite('same', siteHost(2))])
  await other.link('to-one', await one.token())
  await other.linked('to-one')
  const { port } = await backend(other.host, 'from the other')
  await other.expose({ ...SERVICE, targetPort: port })
  await answers(one, SERVICE, 'from the other')
  const siteId = (await other.site()).metadata.uid
  await eventually(async () => {
    const remotes = await one.store.list('RemoteSite')
    expect(remotes.map(({ status }) => status)).toMatchObject([{ name: 'same', siteId, linkedIn: true }])
    expect((await one.site()).status?.sitesInNetwork).toBe(2)
    return true
  })
})

test(
  'a second link to the same site harms nothing, and takes over when the first is deleted',
  { timeout: 120_000 },
  async () => {
    const [east, west] = await Promise.all([startSite('east', siteHost(1)), startSite('west', siteHost(2))])
    const { port } = await backend(east.host, 'from east')
    await east.expose({ ...SERVICE, targetPort: port })
    const metadata = { annotations: { [GENERATED_BY_ANNOTATION]: (await east.site()).metadata.uid ?? '' } }
    await west.store.apply({ ...(await east.token()), metadata: { ...metadata, name: 'first' } })
    const first = await west.linked('first')
    await answers(west, SERVICE, 'from east')
    await west.store.apply({ ...(await east.token()), metadata: { ...metadata, name: 'second' } })
    await eventually(async () => {
      const token = await west.store.get('AccessToken', 'second')
      expect(token && conditionOf(token, 'Redeemed')).toContain('False Error Already connected to')
      return true
    })

    const credentials = await west.store.credentials('first')
    if (credentials === undefined) throw new Error('no credentials')
    await linkByHand(west, { name: 'third', endpoints: first.spec.endpoints, credentials })
    await eventually(async () => (await west.store.get('Link', 'third'))?.status?.status !== undefined)
    await answers(west, SERVICE, 'from east')
    await west.unlink('second')
    await west.unlink('first')
    await west.linked('third')
    await answers(west, SERVICE, 'from east')
  },
)
