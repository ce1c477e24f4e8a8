import { expect, test } from 'vitest'
import { NO_ROUTER, type RouterState } from '../../../../controller/router/router-state.ts'
import { multiKeyListenerWithStatus } from '../../../../controller/services/multi-key-status.ts'
import type { ServiceFacts } from '../../../../controller/services/service-status.ts'
import { conditionOf, multiKeyListener } from '../../../support/machine-resources.ts'

const PRIORITY = multiKeyListener('shop', { priority: { routingKeys: ['east', 'west'] } })
const WEIGHTED = multiKeyListener('shop', { weighted: { routingKeys: { east: 3, west: 1 } } })
const ENTITIES = ['multiAddress/shop', 'multiAddress/shop/east', 'multiAddress/shop/west']
const RUNNING: RouterState = { ...NO_ROUTER, isRunning: true, entityNames: new Set(ENTITIES) }

function facts(served: readonly string[], changes: Partial<ServiceFacts> = {}): ServiceFacts {
  return {
    router: RUNNING,
    matched: { withConnector: new Set(served), withListener: new Set() },
    note: undefined,
    refusals: new Map(),
    now: new Date('2026-11-23T08:00:00Z'),
    ...changes,
  }
}

test('says which of its keys can be reached, the best first', () => {
  const { status } = multiKeyListenerWithStatus(PRIORITY, facts(['other', 'west', 'east']))
  expect(status).toMatchObject({
    ...{ status: 'Ready', message: 'OK', hasDestination: true },
    strategy: { priority: { routingKeysReachable: ['east', 'west'] } },
  })
})

test('with their weights, where they have some', () => {
  const { status } = multiKeyListenerWithStatus(WEIGHTED, facts(['east']))
  expect(status?.strategy).toEqual({ weighted: { routingKeysReachable: { east: 3 } } })
})

test('without any it has no destination', () => {
  const without = multiKeyListenerWithStatus(PRIORITY, facts([]))
  expect(without.status).toMatchObject({ status: 'Pending', hasDestination: false })
  expect(conditionOf(without, 'Operational')).toBe('False Pending No connector of any routing key')
  expect(conditionOf(without, 'Configured')).toBe('True Ready OK')
})

test('what the router listens for has a destination', () => {
  const listeners = new Map([['multiAddress/shop', { isUp: true, message: '' }]])
  const { status } = multiKeyListenerWithStatus(PRIORITY, facts([], { router: { ...RUNNING, listeners } }))
  expect(status?.hasDestination).toBe(true)
})

test('is configured only with all of its keys', () => {
  const router = { ...RUNNING, entityNames: new Set(ENTITIES.slice(0, 2)) }
  const without = multiKeyListenerWithStatus(PRIORITY, facts(['east'], { router }))
  expect(conditionOf(without, 'Configured')).toBe('False Pending The router is being configured')
  const refusals = new Map([['multiAddress/shop/west', 'too many']])
  const refused = multiKeyListenerWithStatus(PRIORITY, facts(['east'], { refusals }))
  expect(conditionOf(refused, 'Configured')).toBe('False Error The router refused it: too many')
})

test('a port that is taken is its trouble', () => {
  const listeners = new Map([['multiAddress/shop', { isUp: false, message: 'port already in use: 127.0.0.1:8080' }]])
  const taken = multiKeyListenerWithStatus(PRIORITY, facts(['east'], { router: { ...RUNNING, listeners } }))
  expect(conditionOf(taken, 'Configured')).toContain('in use by another program')
})
