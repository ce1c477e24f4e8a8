import { expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { connector, multiKeyListener } from '../support/machine-resources.ts'
import { answers, backend, call, siteHost, startSite, type MachineSite } from '../support/machine-site.ts'

const ENTRY = { address: 'shop', port: 8080 }
const CALLS = 200

/** A site with a server that says its name, under the routing key `shop-NAME`. */
async function server(name: string, number: number): Promise<MachineSite> {
  const site = await startSite(name, siteHost(number))
  const { port } = await backend(site.host, name)
  await site.store.apply(connector('shop', { routingKey: `shop-${name}`, host: site.host, port }))
  return site
}

/** Waits until the listener says that exactly these of its keys can be reached. */
async function reaches(site: MachineSite, name: string, wanted: unknown): Promise<void> {
  await eventually(
    async () => {
      const found = await site.store.get('MultiKeyListener', name)
      expect(found?.status?.strategy).toEqual(wanted)
      return true
    },
    { deadlineMs: 60_000 },
  )
}

test('clients get to the preferred site while it lives, to the other while not, and are spread by weight', async () => {
  const [front, east, west] = await Promise.all([startSite('front', siteHost(1)), server('east', 2), server('west', 3)])
  await Promise.all([
    front.token().then((token) => east.link('to-front', token)),
    front.token().then((token) => west.link('to-front', token)),
  ])
  const priority = { priority: { routingKeys: ['shop-east', 'shop-west'] } }
  await front.store.apply(multiKeyListener('shop', priority, { host: front.host, port: ENTRY.port }))
  await answers(front, ENTRY, 'east')
  await reaches(front, 'shop', { priority: { routingKeysReachable: ['shop-east', 'shop-west'] } })
  const { status } = (await front.store.get('MultiKeyListener', 'shop')) ?? {}
  expect(status).toMatchObject({ status: 'Ready', hasDestination: true })

  // The preferred site dies as a whole, its supervisor and with it its router; then it is back.
  await east.stop()
  await answers(front, ENTRY, 'west')
  await reaches(front, 'shop', { priority: { routingKeysReachable: ['shop-west'] } })
  east.start()
  await answers(front, ENTRY, 'east')
  await reaches(front, 'shop', { priority: { routingKeysReachable: ['shop-east', 'shop-west'] } })

  // The other way round, while it runs: no new call is refused.
  const turned = { priority: { routingKeys: ['shop-west', 'shop-east'] } }
  await front.store.apply(multiKeyListener('shop', turned, { host: front.host, port: ENTRY.port }))
  const heard: string[] = []
  await eventually(async () => {
    heard.push(await call(front, ENTRY))
    return heard.at(-1) === 'west'
  })
  expect(new Set(heard.slice(0, -1))).toEqual(new Set(heard.length > 1 ? ['east'] : []))

  const weights = multiKeyListener('shares', { weighted: { routingKeys: { 'shop-east': 3, 'shop-west': 1 } } })
  await front.store.apply({ ...weights, spec: { ...weights.spec, host: front.host, port: 8081 } })
  await reaches(front, 'shares', { weighted: { routingKeysReachable: { 'shop-east': 3, 'shop-west': 1 } } })
  await answers(front, { ...ENTRY, port: 8081 }, 'east')
  const counts = new Map<string, number>()
  for (let n = 0; n < CALLS; n++) {
    const name = await call(front, { ...ENTRY, port: 8081 })
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  const share = (counts.get('east') ?? 0) / CALLS
  // Three quarters, within five standard deviations of so many draws.
  expect(Math.abs(share - 0.75)).toBeLessThan(5 * Math.sqrt((0.75 * 0.25) / CALLS))

  await front.store.delete('MultiKeyListener', 'shop')
  await eventually(async () => {
    await expect(call(front, ENTRY)).rejects.toThrow()
    return true
  })
})
