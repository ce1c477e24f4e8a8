import { expect, test } from 'vitest'
import { targetsOf, unheardSites } from '../../../../plugin/view/service-targets.ts'
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

test('a site that is not heard from has no targets now, and is told with since when', () => {
  const services = [{ routingKey: 'api:80', connectors: 2, listeners: 0 }]
  const silent = { services, reachable: false, unreachableSince: '2030-01-01T12:00:00.000Z' }
  const remoteSites = [
    remoteSite('south', silent),
    remoteSite('east', { services }),
    remoteSite('north', { reachable: false }),
  ]
  const sources = { siteName: 'west', connectors: [], remoteSites }
  expect(targetsOf('api:80', sources).map(({ site }) => site)).toEqual(['east'])
  expect(unheardSites('api:80', sources)).toEqual([{ site: 'south', count: 2, since: '2030-01-01T12:00:00.000Z' }])
})
