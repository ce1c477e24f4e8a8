import { expect, test } from 'vitest'
import { targetsOf } from '../../../../plugin/view/service-targets.ts'
import { connector, remoteSite } from '../../../support/resources.ts'

test('targets here come first, then those of other sites by name', () => {
  const services = [{ routingKey: 'api:80', connectors: 2, listeners: 0 }]
  const sources = {
    siteName: 'west',
    connectors: [connector('api:80', '10.0.0.1'), connector('other:80', '10.0.0.2')],
    remoteSites: [remoteSite('south', { services }), remoteSite('east', { services })],
  }
  expect(targetsOf('api:80', sources).map(({ site, count }) => [site, count])).toEqual([
    ['west', 1],
    ['east', 2],
    ['south', 2],
  ])
  expect(targetsOf('unknown:80', sources)).toEqual([])
})
