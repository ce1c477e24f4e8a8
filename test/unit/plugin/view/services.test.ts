import { expect, test } from 'vitest'
import { ORIGINS_ANNOTATION, SYNCED_LABEL } from '../../../../core/model/annotation-names.ts'
import { originsOf, servicesOf } from '../../../../plugin/view/services.ts'
import { connector, listener, remoteSite } from '../../../support/resources.ts'

const at = (name: string, connectors: number, reachable = true) =>
  remoteSite(name, { reachable, services: [{ routingKey: 'api:8080', connectors, listeners: 1 }] })

test('a service has one row for each port, named after its address', () => {
  const services = servicesOf({
    siteName: 'west',
    listeners: [listener('api:8080'), listener('api:9090')],
    multiKeyListeners: [],
    connectors: [],
    remoteSites: [],
  })
  expect(services.map(({ name, address }) => [name, address])).toEqual([
    ['api', 'api:8080'],
    ['api', 'api:9090'],
  ])
})

test('targets are counted by site, the own one first, sites without any left out', () => {
  const [service] = servicesOf({
    siteName: 'west',
    listeners: [listener('api:8080')],
    multiKeyListeners: [],
    connectors: [connector('api:8080', '10.0.0.1'), connector('api:8080', '10.0.0.2', 'api-8080-2')],
    remoteSites: [at('south', 0), at('north', 3), at('east', 1)],
  })
  expect(service?.targets).toEqual([
    { site: 'west', count: 2, hosts: ['10.0.0.1:9090', '10.0.0.2:9090'] },
    { site: 'east', count: 1, hosts: [] },
    { site: 'north', count: 3, hosts: [] },
  ])
})

test('a site that cannot be reached has no targets', () => {
  const listeners = [listener('api:8080')]
  const [service] = servicesOf({
    siteName: 'west',
    listeners,
    multiKeyListeners: [],
    connectors: [],
    remoteSites: [at('east', 2, false)],
  })
  expect(service?.targets).toEqual([])
})

test('a listener that is not configured tells its problem', () => {
  const taken = {
    ...listener('api:8080'),
    status: { conditions: [{ type: 'Configured', status: 'False' as const, message: 'port in use' }] },
  }
  const [service] = servicesOf({
    siteName: 'west',
    listeners: [taken],
    multiKeyListeners: [],
    connectors: [],
    remoteSites: [],
  })
  expect(service?.problem).toBe('port in use')
})

test('a routing key that is not ADDRESS:PORT is shown as it is', () => {
  const listeners = [{ ...listener('api:8080'), spec: { ...listener('api:8080').spec, routingKey: 'any key' } }]
  expect(
    servicesOf({ siteName: 'west', listeners, multiKeyListeners: [], connectors: [], remoteSites: [] })[0]?.name,
  ).toBe('any key')
})

test('synced listeners name their origins, own ones have none', () => {
  const synced = listener('api:8080', {
    labels: { [SYNCED_LABEL]: 'true' },
    annotations: { [ORIGINS_ANNOTATION]: '["east-id"]' },
  })
  expect(originsOf(synced)).toEqual(['east-id'])
  expect(originsOf(listener('api:8080'))).toBeUndefined()
})
