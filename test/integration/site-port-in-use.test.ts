import { expect, test } from 'vitest'
import { isBuiltIn } from '../support/engine.ts'
import { eventually } from '../support/eventually.ts'
import { answers, backend, siteHost, startSite } from '../support/machine-site.ts'
import { conditionOf } from '../support/machine-resources.ts'
import { takePort } from '../support/taken-port.ts'

// skupper-router does not tell that it cannot listen.
test.runIf(isBuiltIn())(
  'a listener whose port another program holds says so, and starts as soon as the port is free',
  async () => {
    const east = await startSite('east', siteHost(1))
    const { port, release } = await takePort(east.host)
    const service = { address: 'backend', port }
    const target = await backend(east.host, 'at last')
    await east.listen(service)
    await east.expose({ ...service, targetPort: target.port })
    await eventually(async () => {
      const made = await east.listener(service)
      expect(made && conditionOf(made, 'Configured')).toBe(
        `False Error port ${String(port)} on ${east.host} is in use by another program: the listener starts as soon as it is free`,
      )
      return true
    })
    await release()
    await answers(east, service, 'at last')
    await eventually(async () => {
      expect((await east.listener(service))?.status?.status).toBe('Ready')
      return true
    })
  },
)

test('of two listeners on one port the older one has it, and the other says which', async () => {
  const east = await startSite('east', siteHost(1))
  await east.listen({ address: 'first', port: 8080 })
  await eventually(async () => (await east.listener({ address: 'first', port: 8080 }))?.status !== undefined)
  await east.listen({ address: 'second', port: 8080 })
  await eventually(async () => {
    const second = await east.listener({ address: 'second', port: 8080 })
    expect(second?.status?.status).toBe('Error')
    expect(second?.status?.message).toContain('first-8080')
    return true
  })
})
