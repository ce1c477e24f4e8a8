import { expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { answers, backend, isAlive, siteHost, startSite } from '../support/machine-site.ts'

const SERVICE = { address: 'backend', port: 8080 }

test('a killed router is back with its link and its services', async () => {
  const [east, west] = await Promise.all([startSite('east', siteHost(1)), startSite('west', siteHost(2))])
  const { port } = await backend(west.host, 'from west')
  await west.link('to-east', await east.token())
  await west.expose({ ...SERVICE, targetPort: port })
  await answers(east, SERVICE, 'from west')

  for (const site of [west, east]) {
    const before = await site.routerPid()
    process.kill(before, 'SIGKILL')
    await eventually(async () => !(await isAlive(before)))
    await eventually(async () => {
      expect(await site.routerPid()).not.toBe(before)
      return true
    })
    await west.linked('to-east')
    await answers(east, SERVICE, 'from west')
  }
  await eventually(async () => {
    expect((await west.site()).status).toMatchObject({ status: 'Ready', sitesInNetwork: 2 })
    return true
  })
})
