import { writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { conditionOf } from '../support/machine-resources.ts'
import { answers, backend, siteHost, startSite } from '../support/machine-site.ts'

const SERVICE = { address: 'backend', port: 8080 }

test('a broken file is reported by name and line and changes nothing else', async () => {
  const east = await startSite('east', siteHost(1))
  const { port } = await backend(east.host, 'still here')
  await east.listen(SERVICE)
  await east.expose({ ...SERVICE, targetPort: port })
  await answers(east, SERVICE, 'still here')

  const file = east.path('input', 'resources', 'Connector-broken.yaml')
  const metadata = 'metadata:\n  name: broken\n'
  const spec = 'spec:\n  routingKey: x:1\n  host: 127.0.0.1\n  port: 99999\n'
  await writeFile(file, `apiVersion: skupper.io/v2alpha1\nkind: Connector\n${metadata}${spec}`)
  await eventually(async () => {
    const reported = conditionOf(await east.site(), 'ResourcesValid')
    expect(reported).toContain('Connector-broken.yaml line 8')
    expect(reported).toContain('99999')
    return true
  })
  expect(east.log.filter((line) => line.includes('Connector-broken.yaml'))).toHaveLength(1)
  expect((await east.site()).status?.status).toBe('Ready')
  await answers(east, SERVICE, 'still here')

  await writeFile(file, '')
  await eventually(async () => {
    expect(conditionOf(await east.site(), 'ResourcesValid')).toBe('True Ready OK')
    return true
  })
})
