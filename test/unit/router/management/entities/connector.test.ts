import { beforeEach, expect, test } from 'vitest'
import { connectorType } from '../../../../../router/management/entities/connector.ts'
import { connectionView, fakeMeshParts } from '../../../../support/fake-mesh.ts'

const TO_B = { host: 'b', port: 55671, role: 'inter-router', cost: 2 }
const TLS = { ca: 'ca', cert: 'first', key: 'key', ordinal: 0 }

let parts = fakeMeshParts()
let connectors = connectorType({ ...parts, dataConnections: 4 })

beforeEach(() => {
  parts = fakeMeshParts()
  connectors = connectorType({ ...parts, dataConnections: 4 })
})

test('a connector dials and shows how far it got', async () => {
  const entity = await connectors.create?.('to-b', { ...TO_B, verifyHostname: false })
  expect(entity).toMatchObject({ connectionStatus: 'CONNECTING', connectionMsg: 'not connected yet' })
  const wanted = { host: 'b', port: 55671, cost: 2, verifyHostname: false, dataConnections: 4 }
  expect(parts.mesh.connectors.get('to-b')).toMatchObject(wanted)
  parts.mesh.link = { status: 'FAILED', message: 'refused', peer: undefined }
  expect(connectors.list()).toMatchObject([{ connectionStatus: 'FAILED', connectionMsg: 'refused' }])
})

test('its link is reported with what its own connections carry', async () => {
  await connectors.create?.('to-b', TO_B)
  expect(parts.recorded('LINK')).toMatchObject([
    { name: 'to-b', role: 'inter-router', protocol: 'amqp', destPort: '55671', linkCost: 2, operStatus: 'down' },
  ])
  parts.mesh.link = { status: 'SUCCESS', message: 'up', peer: { routerId: 'b', accessId: 'x:1', cost: 5 } }
  parts.mesh.views = [
    connectionView({ name: 'to-b', dir: 'out', bytesOut: 7 }),
    connectionView({ name: 'to-b', dir: 'in', bytesOut: 100 }),
  ]
  expect(parts.recorded('LINK')).toMatchObject([{ operStatus: 'up', peer: 'x:1', linkCost: 5, octets: 7 }])
})

test('DELETE ends the link and its record', async () => {
  const entity = await connectors.create?.('to-b', TO_B)
  if (entity !== undefined) await connectors.delete?.(entity)
  expect(parts.mesh.connectors.size).toBe(0)
  expect(parts.recorded('LINK')).toMatchObject([{ endTime: 1_000_000 }])
})

test('its certificates follow its profile', async () => {
  parts.profiles.put('site', TLS, 0)
  await connectors.create?.('to-b', { ...TO_B, sslProfile: 'site' })
  expect(parts.mesh.connectors.get('to-b')?.tls).toEqual(TLS)
  parts.profiles.put('site', { ...TLS, cert: 'second' }, 0)
  expect(parts.mesh.certificates).toEqual(['second'])
})

test.each([
  ['an unknown profile', { sslProfile: 'nowhere' }, 'config/unknown-profile'],
  ['a role that is not supported', { role: 'edge' }, 'config/not-supported'],
  ['a role of no router', { role: 'inter-network' }, 'config/not-supported'],
  ['a password', { saslPassword: 'secret' }, 'config/not-supported'],
])('%s leaves nothing behind', async (_title, attributes, code) => {
  await expect(connectors.create?.('to-b', { ...TO_B, ...attributes })).rejects.toMatchObject({ code })
  expect(parts.mesh.connectors.size).toBe(0)
  expect(parts.recorded('LINK')).toEqual([])
})
