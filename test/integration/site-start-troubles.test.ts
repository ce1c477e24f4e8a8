import { expect, onTestFinished, test } from 'vitest'
import { isBuiltIn } from '../support/engine.ts'
import { eventually } from '../support/eventually.ts'
import { MachineSite, siteHost, writeSite } from '../support/machine-site.ts'
import { conditionOf } from '../support/machine-resources.ts'
import { takePort } from '../support/taken-port.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

async function siteToStart(): Promise<MachineSite> {
  const made = new MachineSite('east', siteHost(1), await temporaryDirectory())
  onTestFinished(() => made.stop())
  return made
}

// skupper-router does not tell that it cannot listen.
test.runIf(isBuiltIn())(
  'a site whose link port another program holds runs all the same, says so, and gets the port when it is free',
  async () => {
    const east = await siteToStart()
    await writeSite(east)
    const { release } = await takePort(east.host, 55_671)
    east.start()
    await eventually(
      async () => {
        const site = await east.site()
        expect(conditionOf(site, 'Running')).toBe('True Ready OK')
        expect(conditionOf(site, 'Resolved')).toContain('EADDRINUSE')
        return true
      },
      { deadlineMs: 30_000 },
    )
    await release()
    await east.ready()
  },
)

test("ports of the site's own that are taken are passed over", async () => {
  const east = await siteToStart()
  await writeSite(east)
  for (const port of [5671, 9090, 9091]) await takePort(east.host, port)
  east.start()
  await east.ready()
  const token = await east.token()
  expect(new URL(token.spec.url).port).toBe('9093')
})

test('an address that this machine does not have is told, and the site starts once it is mended', async () => {
  const east = await siteToStart()
  await writeSite(east, { 'listen-host': '192.0.2.1' })
  east.start()
  await eventually(
    async () => {
      expect(conditionOf(await east.site(), 'Running')).toContain('cannot listen on 192.0.2.1')
      return true
    },
    { deadlineMs: 30_000 },
  )
  await writeSite(east)
  await east.ready()
})
