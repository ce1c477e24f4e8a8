import { expect, test } from 'vitest'
import { multiKeyServices, strategyLines } from '../../../../plugin/view/multi-key-services.ts'
import { multiKeyListener } from '../../../support/machine-resources.ts'
import { connector, remoteSite } from '../../../support/resources.ts'

const SOURCES = {
  siteName: 'west',
  connectors: [connector('near:80', '10.0.0.1')],
  remoteSites: [remoteSite('east', { services: [{ routingKey: 'far:80', connectors: 3, listeners: 0 }] })],
}

test('is listed under the name that clients call, with its keys as they are taken', () => {
  const priority = { priority: { routingKeys: ['far:80', 'near:80', 'gone:80'] } }
  const [service] = multiKeyServices([multiKeyListener('shop', priority, { host: 'shop' })], SOURCES)
  expect(service).toMatchObject({ name: 'shop', address: 'shop:8080', protocol: 'tcp', targets: [] })
  expect(service && strategyLines(service.strategy)).toEqual(['1. far:80: 3', '2. near:80: 1', '3. gone:80: 0'])
})

test('weights are told', () => {
  const weighted = { weighted: { routingKeys: { 'near:80': 1, 'far:80': 9 } } }
  const [service] = multiKeyServices([multiKeyListener('shop', weighted)], SOURCES)
  expect(service && strategyLines(service.strategy)).toEqual(['weight 9: far:80: 3', 'weight 1: near:80: 1'])
})

test('a listener that is not configured tells its problem', () => {
  const status = { conditions: [{ type: 'Configured', status: 'False' as const, message: 'port in use' }] }
  const listener = { ...multiKeyListener('shop', { priority: { routingKeys: ['near:80'] } }), status }
  expect(multiKeyServices([listener], SOURCES)[0]).toMatchObject({ problem: 'port in use' })
})
