import { expect, test } from 'vitest'
import { offeredPorts, offeredServices, userLabels } from '../../../../controller/services/offered-services.ts'
import { connector } from '../../../support/machine-resources.ts'

test('ports of one address and protocol are one service, each port once', () => {
  const connectors = [
    connector('a', { routingKey: 'db:5433', type: 'tcp' }),
    connector('b', { routingKey: 'db:5432', type: 'tcp' }),
    connector('c', { routingKey: 'db:5432', type: 'tcp', host: '10.0.0.2' }),
  ]
  expect(offeredServices(connectors, {})).toEqual([{ address: 'db', protocol: 'tcp', ports: [5432, 5433] }])
})

test('ports of different protocols are one definition each', () => {
  const connectors = [
    connector('a', { routingKey: 'web:8080', type: 'http' }),
    connector('b', { routingKey: 'web:9000', type: 'tcp' }),
  ]
  expect(offeredServices(connectors, {})).toEqual([
    { address: 'web', protocol: 'http', ports: [8080] },
    { address: 'web', protocol: 'tcp', ports: [9000] },
  ])
})

test('a protocol that is not given is deduced from the port', () => {
  const [web, db] = offeredServices([connector('a'), connector('b', { routingKey: 'db:5432' })], {})
  expect([web?.protocol, db?.protocol]).toEqual(['http', 'tcp'])
})

test.each(['backend', 'backend:0', 'Backend:80', 'a:b:80', 'x:99999'])('a routing key %s is not told', (routingKey) => {
  expect(offeredServices([connector('a', { routingKey })], {})).toEqual([])
})

test('labels travel, ours excepted, and select what is told', () => {
  const labelled = connector('a', {}, { tier: 'web', 'skupper.io/synced': 'true', 'internal.skupper.io/x': 'y' })
  const plain = connector('b', { routingKey: 'db:5432' })
  expect(offeredServices([labelled, plain], { tier: 'web' })).toEqual([
    { address: 'backend', protocol: 'http', ports: [8080], labels: { tier: 'web' } },
  ])
})

test('what others offer is taken port by port, if it has the labels', () => {
  const definitions = [
    { address: 'web', protocol: 'http', ports: [80, 81], labels: { tier: 'web' } },
    { address: 'db', protocol: 'tcp', ports: [5432] },
  ] as const
  expect(offeredPorts(definitions, {}).map(({ routingKey }) => routingKey)).toEqual(['web:80', 'web:81', 'db:5432'])
  expect(offeredPorts(definitions, { tier: 'web' }).map(({ routingKey }) => routingKey)).toEqual(['web:80', 'web:81'])
})

test('labels of other people with a similar prefix are users labels', () => {
  expect(userLabels({ 'notskupper.io/x': '1', 'app.kubernetes.io/name': 'y' })).toEqual({
    'notskupper.io/x': '1',
    'app.kubernetes.io/name': 'y',
  })
  expect(userLabels(undefined)).toEqual({})
})
