import { describe, expect, it } from 'vitest'
import { BUILT_IN } from '../../../../router/config/engine-capabilities.ts'
import { parseAttributes, type EntityConfig } from '../../../../router/config/entities.ts'
import { diffEntities, isEmpty, reconciledTypes, type CurrentEntity } from '../../../../router/config/entity-diff.ts'
import { tlsFingerprints } from '../../../../router/config/tls-fingerprints.ts'

const listener: EntityConfig = [
  'tcpListener',
  { name: 'listener/a', address: 'a:80', host: '127.0.0.1', port: '80', siteId: 's' },
]
const profile: EntityConfig = [
  'sslProfile',
  { name: 'tls/web', caCertFile: '/ca', certFile: '/crt', privateKeyFile: '/key' },
]
const secured: EntityConfig = [
  'tcpListener',
  { name: 'listener/b', address: 'b:80', host: '127.0.0.1', port: '81', siteId: 's', sslProfile: 'tls/web' },
]
const link: EntityConfig = ['connector', { name: 'east', role: 'inter-router', host: 'h', port: '1', cost: 2 }]

/** As a router reports it: all attributes, some it was never told, null for what is not set. */
function reported([type, attributes]: EntityConfig, more: object = {}): CurrentEntity {
  const full: object = parseAttributes(type, attributes)
  return { type, attributes: { sslProfile: null, ...full, identity: '7', bytesIn: 5, ...more } }
}

describe('diffEntities', () => {
  it('has nothing to do where all is as wanted', () => {
    const desired = [profile, listener, secured, link]
    const plan = diffEntities(
      desired.map((entity) => reported(entity)),
      desired,
    )
    expect(plan).toEqual({ create: [], update: [], delete: [] })
    expect(isEmpty(plan)).toBe(true)
  })

  it('creates a profile before what uses it and deletes it after', () => {
    const desired = [secured, profile]
    expect(diffEntities([], desired).create.map(({ type }) => type)).toEqual(['sslProfile', 'tcpListener'])
    const current = [profile, secured].map((entity) => reported(entity))
    expect(diffEntities(current, []).delete).toEqual([
      { type: 'tcpListener', name: 'listener/b', attributes: {} },
      { type: 'sslProfile', name: 'tls/web', attributes: {} },
    ])
  })

  it('creates with exactly the attributes that are there', () => {
    const [created] = diffEntities([], [['tcpListener', { ...listener[1], sslProfile: undefined }]]).create
    expect(Object.keys(created?.attributes ?? {})).toEqual(['name', 'address', 'host', 'port', 'siteId'])
  })

  it('updates in place what can be updated', () => {
    const plan = diffEntities(
      [reported(listener, { observer: 'http1' }), reported(profile)],
      [listener, [profile[0], { ...profile[1], ordinal: 1 }]],
    )
    expect(plan).toEqual({
      create: [],
      delete: [],
      update: [
        { type: 'sslProfile', name: 'tls/web', attributes: { ordinal: 1 } },
        { type: 'tcpListener', name: 'listener/a', attributes: { observer: 'auto' } },
      ],
    })
  })

  it.each([
    ['another port', { port: '8080' }],
    ['another address', { address: 'other' }],
    ['TLS that is no longer wanted', { sslProfile: 'tls/web' }],
    ['another port and observer', { port: '8080', observer: 'http1' }],
  ])('replaces a listener with %s', (_what, difference) => {
    const plan = diffEntities([reported(listener, difference)], [listener])
    expect(plan.delete).toMatchObject([{ name: 'listener/a' }])
    expect(plan.create).toMatchObject([{ name: 'listener/a', attributes: { port: '80' } }])
    expect(plan.update).toEqual([])
  })

  it('replaces a link whose cost changed', () => {
    const plan = diffEntities([reported(link, { cost: 1 })], [link])
    expect(plan.delete).toMatchObject([{ type: 'connector', name: 'east' }])
    expect(plan.create).toMatchObject([{ attributes: { cost: 2 } }])
  })

  it('compares nothing that the router does not report', () => {
    const current: CurrentEntity = { type: 'tcpListener', attributes: { name: 'listener/a', port: '80' } }
    expect(isEmpty(diffEntities([current], [listener]))).toBe(true)
  })

  it('touches nothing that is not ours', () => {
    const foreign: CurrentEntity[] = [
      { type: 'tcpListener', attributes: { name: 'by-hand', port: '1' } },
      { type: 'tcpConnector', attributes: { name: 'by-hand' } },
      { type: 'listener', attributes: { name: 'skupper-local-normal', role: 'normal' } },
      { type: 'connector', attributes: { name: 'broker', role: 'route-container' } },
      { type: 'sslProfile', attributes: { name: 'by-hand' } },
      { type: 'address', attributes: { prefix: 'mc' } },
      { type: 'router', attributes: { id: 'a' } },
      { type: 'sslProfile', attributes: {} },
    ]
    expect(isEmpty(diffEntities(foreign, []))).toBe(true)
    expect(isEmpty(diffEntities([], [['listener', { name: 'skupper-local-normal', port: '5671' }]]))).toBe(true)
  })

  it('leaves a profile that somebody else uses', () => {
    const foreign: CurrentEntity = { type: 'tcpListener', attributes: { name: 'by-hand', sslProfile: 'tls/web' } }
    expect(isEmpty(diffEntities([reported(profile), foreign], []))).toBe(true)
  })
})

it('asks for http types only of engines that have them', () => {
  const services = ['tcpListener', 'listenerAddress', 'tcpConnector']
  expect(reconciledTypes(BUILT_IN)).toEqual(['log', 'sslProfile', 'listener', 'connector', ...services])
  expect(reconciledTypes({ ...BUILT_IN, httpListener: true })).toContain('httpListener')
})

describe('certificates written out', () => {
  const pem = (text: string) =>
    `-----BEGIN CERTIFICATE-----\n${Buffer.from(text).toString('base64')}\n-----END CERTIFICATE-----\n`
  const inline = { caCert: pem('ca'), cert: pem('leaf'), privateKey: 'key' }
  const wanted: EntityConfig = ['sslProfile', { ...profile[1], ...inline, ordinal: 3 }]
  const hidden = { caCert: null, cert: null, privateKey: null }
  const inUse = tlsFingerprints({ ca: inline.caCert, cert: inline.cert })
  const updates = (more: object) => diffEntities([reported(wanted, { ...hidden, ...more })], [wanted]).update

  it('make no difference because they cannot be read back', () => {
    expect(updates(inUse)).toEqual([])
    expect(updates({})).toEqual([])
  })

  it('are sent where the router uses others', () => {
    expect(updates({ ...inUse, certFingerprint: 'other' })).toMatchObject([{ attributes: inline }])
    expect(updates({ ...inUse, caCertFingerprints: '' })).toMatchObject([{ attributes: inline }])
  })

  it('go with a new ordinal', () => {
    expect(updates({ ...inUse, ordinal: 2 })).toMatchObject([{ attributes: { ...inline, ordinal: 3 } }])
  })

  it('are not missed in files that could not be read: the router is to look again', () => {
    const unusable = reported(profile, { certFingerprint: '', caCertFingerprints: '' })
    expect(diffEntities([unusable], [profile]).update).toMatchObject([{ attributes: { ordinal: 0 } }])
  })
})
