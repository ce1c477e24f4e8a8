import { describe, expect, it } from 'vitest'
import { BUILT_IN, SKUPPER_ROUTER } from '../../../../router/config/engine-capabilities.ts'
import { parseAttributes, type EntityConfig } from '../../../../router/config/entities.ts'
import { diffEntities, type CurrentEntity } from '../../../../router/config/entity-diff.ts'
import { multiKeyEntities } from '../../../../router/config/multi-key-entities.ts'
import type { RenderContext } from '../../../../router/config/rendered.ts'
import { SslProfiles } from '../../../../router/config/ssl-profiles.ts'
import type { MultiKeyListener } from '../../../../core/model/multi-key-listener.ts'
import { multiKeyListener } from '../../../support/machine-resources.ts'

const BIND = { host: '127.0.0.5', port: '8080' }
const FACTS = {
  ...{ routerId: 'r', siteId: 'site-1', platform: 'linux', version: '1', listenHost: '127.0.0.5' },
  management: { host: '127.0.0.1', port: 5671 },
  credentials: new Map([['shop-tls', { ca: '/ca', certificate: '/crt', key: '/key' }]]),
}
const CONTEXT: RenderContext = {
  facts: FACTS,
  capabilities: BUILT_IN,
  profiles: new SslProfiles(FACTS.credentials),
  mode: 'interior',
}
const byPriority = (...routingKeys: string[]) => multiKeyListener('shop', { priority: { routingKeys } })
const entitiesOf = (listener: MultiKeyListener) => multiKeyEntities(listener, BIND, CONTEXT).entities
const running = (entities: readonly EntityConfig[]): CurrentEntity[] =>
  entities.map(([type, attributes]) => ({ type, attributes: { ...parseAttributes(type, attributes) } }))

describe('multiKeyEntities', () => {
  it('makes a listener and an address for each key', () => {
    expect(entitiesOf(byPriority('east', 'west'))).toMatchObject([
      ['tcpListener', { name: 'multiAddress/shop', ...BIND, siteId: 'site-1', multiAddressStrategy: 'priority' }],
      ['listenerAddress', { name: 'multiAddress/shop/east', address: 'east', value: 2, listener: 'multiAddress/shop' }],
      ['listenerAddress', { name: 'multiAddress/shop/west', address: 'west', value: 1, listener: 'multiAddress/shop' }],
    ])
  })

  it('takes weights as they are', () => {
    const weighted = multiKeyListener('shop', { weighted: { routingKeys: { east: 90, west: 10 } } })
    expect(entitiesOf(weighted)).toMatchObject([
      ['tcpListener', { multiAddressStrategy: 'weighted' }],
      ['listenerAddress', { address: 'east', value: 90 }],
      ['listenerAddress', { address: 'west', value: 10 }],
    ])
  })

  it('ends TLS, and asks clients for a certificate where that is wished', () => {
    const secured = { ...byPriority('east'), spec: { ...byPriority('east').spec, tlsCredentials: 'shop-tls' } }
    expect(entitiesOf(secured)[0]?.[1]).toMatchObject({ sslProfile: 'tls/shop-tls', authenticatePeer: undefined })
    const strict = { ...secured, spec: { ...secured.spec, requireClientCert: true } }
    expect(entitiesOf(strict)[0]?.[1]).toMatchObject({ authenticatePeer: true })
    const without = { ...secured, spec: { ...secured.spec, tlsCredentials: 'nowhere' } }
    expect(multiKeyEntities(without, BIND, CONTEXT).notes).toMatchObject([{ reason: 'Pending' }])
  })
})

describe('a running router', () => {
  it('gets other values in place, and keys that come and go', () => {
    const plan = diffEntities(running(entitiesOf(byPriority('east', 'west'))), entitiesOf(byPriority('west', 'north')))
    expect(plan.delete.map(({ name }) => name)).toEqual(['multiAddress/shop/east'])
    expect(plan.update).toMatchObject([{ name: 'multiAddress/shop/west', attributes: { value: 2 } }])
    expect(plan.create.map(({ name }) => name)).toEqual(['multiAddress/shop/north'])
  })

  it('written in C gets an address of another value anew', () => {
    const before = running(entitiesOf(byPriority('east', 'west')))
    const plan = diffEntities(before, entitiesOf(byPriority('west', 'east')), SKUPPER_ROUTER)
    expect(plan.update).toEqual([])
    expect([plan.delete, plan.create].map((list) => list.map(({ name }) => name).sort())).toEqual([
      ['multiAddress/shop/east', 'multiAddress/shop/west'],
      ['multiAddress/shop/east', 'multiAddress/shop/west'],
    ])
  })

  it('loses addresses before their listener, and gets them after it', () => {
    const before = entitiesOf(byPriority('east'))
    expect(diffEntities(running(before), []).delete.map(({ type }) => type)).toEqual(['listenerAddress', 'tcpListener'])
    const moved = multiKeyEntities(byPriority('east'), { ...BIND, port: '9090' }, CONTEXT).entities
    const plan = diffEntities(running(before), moved)
    expect(plan.delete.map(({ type }) => type)).toEqual(['listenerAddress', 'tcpListener'])
    expect(plan.create.map(({ type }) => type)).toEqual(['tcpListener', 'listenerAddress'])
  })
})
