import { expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { answers, backend, siteHost, startSite } from '../support/machine-site.ts'

const SERVICE = { address: 'backend', port: 8080 }

test('three sites in a line pass traffic from end to end, and each knows the whole network', async () => {
  const [left, middle, right] = await Promise.all([
    startSite('left', siteHost(1)),
    startSite('middle', siteHost(2)),
    startSite('right', siteHost(3)),
  ])
  await left.link('to-middle', await middle.token())
  await right.link('to-middle', await middle.token())
  const { port } = await backend(right.host, 'from the right')
  await right.expose({ ...SERVICE, targetPort: port })
  await answers(left, SERVICE, 'from the right')
  await eventually(
    async () => {
      for (const site of [left, middle, right]) expect((await site.site()).status?.sitesInNetwork).toBe(3)
      return true
    },
    { deadlineMs: 30_000 },
  )
  const names = (await left.store.list('RemoteSite')).map(({ status }) => [status?.name, status?.linkedIn])
  expect(names.sort()).toEqual([
    ['middle', false],
    ['right', false],
  ])
})
