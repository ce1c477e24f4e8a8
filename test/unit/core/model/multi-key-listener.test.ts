import { describe, expect, it } from 'vitest'
import { listenerKey, routingKeysOf, strategyOf } from '../../../../core/model/multi-key-listener.ts'
import { parseResource, parseResourceOf } from '../../../../core/model/resource.ts'
import { codeOf } from '../../../support/code-of.ts'
import { listener, multiKeyListener } from '../../../support/machine-resources.ts'

const PRIORITY = { priority: { routingKeys: ['east', 'west'] } }
const WEIGHTED = { weighted: { routingKeys: { west: 1, east: 3 } } }

function parsed(strategy: unknown): unknown {
  return parseResource({
    apiVersion: 'skupper.io/v2alpha1',
    kind: 'MultiKeyListener',
    metadata: { name: 'shop' },
    spec: { host: 'shop', port: 80, strategy },
  })
}

describe('MultiKeyListener', () => {
  it.each([PRIORITY, WEIGHTED, { weighted: { routingKeys: { east: 0 } } }])('takes %j', (strategy) => {
    expect(parsed(strategy)).toMatchObject({ spec: { strategy } })
  })

  it.each([
    {},
    { ...PRIORITY, ...WEIGHTED },
    { priority: { routingKeys: [] } },
    { priority: { routingKeys: ['east', 'east'] } },
    { priority: { routingKeys: ['mc/east'] } },
    { priority: { routingKeys: Array.from({ length: 257 }, (_, n) => `key-${String(n)}`) } },
    { weighted: { routingKeys: {} } },
    { weighted: { routingKeys: { east: -1 } } },
    { weighted: { routingKeys: { east: 1.5 } } },
    { weighted: { routingKeys: { $management: 1 } } },
    { random: { routingKeys: ['east'] } },
  ])('refuses %j', (strategy) => {
    expect(codeOf(() => parsed(strategy))).toBe('resource/invalid')
  })

  it('has a status of newer controllers too', () => {
    const status = { hasDestination: true, strategy: { priority: { routingKeysReachable: ['east'], more: 1 } } }
    const given = { ...multiKeyListener('shop', PRIORITY), status }
    expect(parseResourceOf('MultiKeyListener', given).status).toEqual(status)
  })
})

describe('strategyOf', () => {
  it('ranks priorities from the end, as Skupper v2 does', () => {
    expect(strategyOf(multiKeyListener('shop', PRIORITY))).toEqual({
      kind: 'priority',
      keys: [
        { routingKey: 'east', value: 2 },
        { routingKey: 'west', value: 1 },
      ],
    })
  })

  it('gives weights in the order of their keys', () => {
    expect(strategyOf(multiKeyListener('shop', WEIGHTED))).toEqual({
      kind: 'weighted',
      keys: [
        { routingKey: 'east', value: 3 },
        { routingKey: 'west', value: 1 },
      ],
    })
  })
})

it('a Listener has one routing key, a MultiKeyListener has several', () => {
  expect(routingKeysOf(listener('in'))).toEqual(['backend:8080'])
  expect(routingKeysOf(multiKeyListener('shop', WEIGHTED))).toEqual(['east', 'west'])
})

it('listeners of both kinds are told apart', () => {
  expect([listenerKey(listener('shop')), listenerKey(multiKeyListener('shop', PRIORITY))]).toEqual([
    'shop',
    'multiAddress/shop',
  ])
})
