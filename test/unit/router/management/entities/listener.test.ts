import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { plain } from '../../../../../router/http/http-listener.ts'
import { listenerType } from '../../../../../router/management/entities/listener.ts'
import { connectionView, fakeMeshParts } from '../../../../support/fake-mesh.ts'

const LINKS = { host: '127.0.0.1', port: 0, role: 'inter-router' }
const TLS = { ca: 'ca', cert: 'first', key: 'key', ordinal: 0 }

let parts = fakeMeshParts()
let listeners = newType()

beforeEach(() => {
  parts = fakeMeshParts()
  listeners = newType()
})

function newType() {
  const healthz = new Map([['/healthz', () => plain(200, 'OK')]])
  return listenerType({ ...parts, healthz, metrics: new Map() })
}

test('an inter-router listener listens, logs its port and is reported with its links', async () => {
  await listeners.create?.('links', { ...LINKS, cost: 2, idleTimeoutSeconds: 8 })
  expect(parts.mesh.listeners.get('links')).toMatchObject({ role: 'inter-router', cost: 2, idleTimeoutMs: 8_000 })
  expect(parts.log.lines).toMatchObject([{ message: 'listening', facts: { listener: 'links', port: 4242 } }])
  parts.mesh.views = [connectionView({}), connectionView({ role: 'inter-router-data' }), connectionView({ name: 'x' })]
  expect(parts.recorded('ROUTER_ACCESS')).toMatchObject([{ name: 'links', role: 'inter-router', linkCount: 1 }])
  expect(parts.mesh.listeners.get('links')?.accessId).toBe('AAAAA:1')
})

test('a listener for clients is no access for routers', async () => {
  await listeners.create?.('local', { port: 0 })
  expect(parts.mesh.listeners.get('local')?.role).toBe('normal')
  expect(parts.recorded('ROUTER_ACCESS')).toEqual([])
})

test('DELETE stops it and ends its record', async () => {
  const entity = await listeners.create?.('links', LINKS)
  if (entity !== undefined) await listeners.delete?.(entity)
  expect(parts.mesh.listeners.size).toBe(0)
  expect(parts.recorded('ROUTER_ACCESS')).toMatchObject([{ endTime: 1_000_000 }])
})

test('its certificates follow its profile; connections made with invalid ones are closed', async () => {
  parts.profiles.put('site', TLS, 0)
  await listeners.create?.('links', { ...LINKS, sslProfile: 'site' })
  parts.mesh.views = [connectionView({ id: 5, openedAt: 999 }), connectionView({ id: 6, openedAt: 1_000 })]
  parts.profiles.put('site', { ...TLS, cert: 'second', ordinal: 1 }, 1)
  expect(parts.mesh.certificates).toEqual(['second'])
  expect(parts.mesh.closed).toEqual([5])
})

test('certificates that are not enough for it are not taken over', async () => {
  parts.profiles.put('site', TLS, 0)
  await listeners.create?.('links', { ...LINKS, sslProfile: 'site' })
  expect(() => {
    parts.profiles.put('site', { ...TLS, ca: undefined }, 0)
  }).toThrow(expect.objectContaining({ code: 'config/bad-certificate' }) as Error)
})

test.each([
  ['an unknown profile', { sslProfile: 'nowhere' }, 'config/unknown-profile'],
  ['a role that is not supported', { role: 'inter-edge' }, 'config/not-supported'],
  ['a mechanism that is not supported', { saslMechanisms: 'PLAIN' }, 'config/not-supported'],
  ['a port that is taken', { port: 4711 }, 'mesh/port-in-use'],
  ['TLS without a profile', { requireSsl: true }, 'config/invalid-attribute'],
])('%s leaves nothing behind', async (_title, attributes, code) => {
  parts.mesh.takenPort = 4711
  await expect(listeners.create?.('links', { ...LINKS, ...attributes })).rejects.toMatchObject({ code })
  expect(parts.mesh.listeners.size).toBe(0)
  expect(parts.recorded('ROUTER_ACCESS').filter(({ endTime }) => endTime === undefined)).toEqual([])
})

test('an http listener serves what it is asked to', async () => {
  const entity = await listeners.create?.('http', { host: '127.0.0.1', port: 0, http: true })
  if (entity === undefined) throw new Error('not created')
  onTestFinished(() => listeners.delete?.(entity))
  const port = String(parts.log.all('port')[0])
  expect(await (await fetch(`http://127.0.0.1:${port}/healthz`)).text()).toBe('OK\n')
  expect(parts.mesh.listeners.size).toBe(0)
})
