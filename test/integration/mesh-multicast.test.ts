import { expect, test } from 'vitest'
import { passes } from '../support/passes.ts'
import { link, startRouter } from '../support/mesh.ts'

test('in a ring with a chord every router gets each multicast message once', async () => {
  const routers = await Promise.all(['a', 'b', 'c', 'd'].map((id) => startRouter(id)))
  const [a, b, c, d] = routers
  if (a === undefined || b === undefined || c === undefined || d === undefined) throw new Error('not started')
  for (const [from, to] of [
    [a, b],
    [b, c],
    [c, d],
    [d, a],
    [a, c],
  ] as const)
    await link(from, to)
  const seen = new Map(routers.map(({ id }) => [id, [] as unknown[]]))
  for (const { id, core } of routers) core.forwarder.onMessage('mc/news', ({ body }) => seen.get(id)?.push(body))
  await passes(() => {
    for (const { core } of routers) {
      const [address] = core.addresses().filter(({ key }) => key === 'Mmc/news')
      expect(address?.remoteHostRouters.length).toBe(3)
    }
    // Trees are the same everywhere only when every router has every link state.
    for (const { core } of routers) {
      const neighbours = core.nodes().map(({ routerId, linkState }) => `${routerId}: ${linkState.toSorted().join(' ')}`)
      expect(neighbours.toSorted()).toEqual(['a: b c d', 'b: a c', 'c: a b d', 'd: a c'])
    }
  })
  for (const { id, core } of routers) core.forwarder.send({ to: 'mc/news', body: `from ${id}` })
  const all = ['from a', 'from b', 'from c', 'from d']
  await passes(() => {
    for (const { id } of routers) expect([id, seen.get(id)?.toSorted()]).toEqual([id, all])
  })
})
