import { expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { frozenLink } from '../support/frozen-link.ts'
import { linkByHand } from '../support/link-by-hand.ts'
import { conditionOf } from '../support/machine-resources.ts'
import { answers, backend, call, siteHost, startSite } from '../support/machine-site.ts'

const BOTH = { address: 'both', port: 8080 }
const EAST_ONLY = { address: 'east-only', port: 8081 }
/** The idle time-out is 16 s; whoever else uses the machine may take their time. */
const PATIENCE = { deadlineMs: 60_000 }

/** Two sites whose link leads through a network that can be frozen; both serve one service, east another. */
async function linkedSites() {
  const [east, west] = await Promise.all([startSite('east', siteHost(1)), startSite('west', siteHost(2))])
  const network = await frozenLink(55_671, east.host)
  await west.link('token', await east.token())
  await west.linked('token')
  const credentials = await west.store.credentials('token')
  if (credentials === undefined) throw new Error('no credentials')
  await west.unlink('token')
  const endpoints = [{ name: 'inter-router' as const, host: east.host, port: String(network.port) }]
  await linkByHand(west, { name: 'to-east', endpoints, credentials })
  await west.linked('to-east')
  for (const site of [east, west]) {
    const { port } = await backend(site.host, `from ${site.name}`)
    await site.expose({ ...BOTH, targetPort: port })
    if (site === east) await site.expose({ ...EAST_ONLY, targetPort: port })
  }
  await answers(west, EAST_ONLY, 'from east')
  await answers(east, BOTH, 'from east')
  await answers(west, BOTH, 'from west')
  return { east, west, network }
}

test(
  'a network that drops everything is noticed by both sites, costs only what is behind it, and heals',
  { timeout: 180_000 },
  async () => {
    const { east, west, network } = await linkedSites()
    network.freeze()
    await eventually(async () => {
      const link = await west.store.get('Link', 'to-east')
      const told = link === undefined ? undefined : conditionOf(link, 'Operational')
      expect(told).toMatch(/^False Pending .*(idle time-out|did not answer|connect|timed out)/)
      return true
    }, PATIENCE)
    await eventually(async () => {
      const [remote] = await east.store.list('RemoteSite')
      return remote?.status?.linkedIn !== true
    }, PATIENCE)
    await eventually(async () => {
      await expect(call(west, EAST_ONLY)).rejects.toThrow('fetch failed')
      return true
    }, PATIENCE)
    for (let count = 0; count < 10; count++) expect(await call(west, BOTH)).toBe('from west')

    network.thaw()
    await west.linked('to-east')
    await answers(west, EAST_ONLY, 'from east')
  },
)
