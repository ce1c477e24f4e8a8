import { expect, test } from 'vitest'
import { describeEntityPlan, describeResourcePlan, planResources } from '../../../../controller/site/plan.ts'
import { diffEntities } from '../../../../router/config/entity-diff.ts'
import type { EntityConfig } from '../../../../router/config/entities.ts'
import { connector, listener } from '../../../support/machine-resources.ts'

const ENTITIES: EntityConfig[] = [
  ['tcpListener', { name: 'listener/in', address: 'backend:8080', host: '127.0.0.1', port: '8080' }],
]
const GONE = { type: 'tcpConnector', attributes: { name: 'connector/old@10.0.0.1', address: 'x:1' } } as const

test('changes of a router are told one by one', () => {
  expect(describeEntityPlan(diffEntities([GONE], ENTITIES))).toEqual([
    'delete tcpConnector connector/old@10.0.0.1',
    'create tcpListener listener/in',
  ])
})

test('an update names the attributes that change', () => {
  const current = { type: 'sslProfile', attributes: { name: 'skupper-x', caCertFile: '/old', ordinal: 1 } } as const
  const wanted: EntityConfig[] = [['sslProfile', { name: 'skupper-x', caCertFile: '/new', ordinal: 2 }]]
  const plan = diffEntities([current], wanted)
  expect(describeEntityPlan(plan)).toEqual(['update sslProfile skupper-x: caCertFile, ordinal'])
})

test('a plan of nothing has no lines', () => {
  expect(describeEntityPlan(diffEntities([], []))).toEqual([])
  expect(describeResourcePlan(planResources([listener('a')], [listener('a')], () => true))).toEqual([])
})

test('writes what differs and removes only what is ours', () => {
  const current = [listener('same'), listener('changed'), listener('stale'), connector('user')]
  const desired = [listener('same'), listener('changed', { port: 9 }), listener('new')]
  const plan = planResources(current, desired, ({ kind }) => kind === 'Listener')
  expect(describeResourcePlan(plan)).toEqual(['write Listener changed', 'write Listener new', 'remove Listener stale'])
})
