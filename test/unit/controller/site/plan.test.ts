import { expect, test } from 'vitest'
import {
  describeConfigPlan,
  describeResourcePlan,
  planConfig,
  planResources,
} from '../../../../controller/site/plan.ts'
import { formatBootFile } from '../../../../router/config/boot-file.ts'
import type { EntityConfig } from '../../../../router/config/entities.ts'
import { connector, listener } from '../../../support/machine-resources.ts'

const ENTITIES: EntityConfig[] = [
  ['tcpListener', { name: 'listener/in', address: 'backend:8080', host: '127.0.0.1', port: '8080' }],
]
const GONE = { type: 'tcpConnector', attributes: { name: 'connector/old@10.0.0.1', address: 'x:1' } } as const

test('the boot file is written when it differs', () => {
  expect(planConfig({ bootFile: '', entities: undefined }, ENTITIES).bootFile).toBe(formatBootFile(ENTITIES))
  expect(planConfig({ bootFile: formatBootFile(ENTITIES), entities: undefined }, ENTITIES).bootFile).toBeUndefined()
})

test('a running router is changed, one that does not answer only by its file', () => {
  const live = planConfig({ bootFile: '', entities: [GONE] }, ENTITIES)
  expect(describeConfigPlan(live)).toEqual([
    'write the boot file',
    'delete tcpConnector connector/old@10.0.0.1',
    'create tcpListener listener/in',
  ])
  expect(describeConfigPlan(planConfig({ bootFile: '', entities: undefined }, ENTITIES))).toEqual([
    'write the boot file',
  ])
})

test('an update names the attributes that change', () => {
  const current = { type: 'sslProfile', attributes: { name: 'skupper-x', caCertFile: '/old', ordinal: 1 } } as const
  const wanted: EntityConfig[] = [['sslProfile', { name: 'skupper-x', caCertFile: '/new', ordinal: 2 }]]
  const plan = planConfig({ bootFile: formatBootFile(wanted), entities: [current] }, wanted)
  expect(describeConfigPlan(plan)).toEqual(['update sslProfile skupper-x: caCertFile, ordinal'])
})

test('a plan of nothing has no lines', () => {
  expect(describeConfigPlan(planConfig({ bootFile: formatBootFile([]), entities: [] }, []))).toEqual([])
  expect(describeResourcePlan(planResources([listener('a')], [listener('a')], () => true))).toEqual([])
})

test('writes what differs and removes only what is ours', () => {
  const current = [listener('same'), listener('changed'), listener('stale'), connector('user')]
  const desired = [listener('same'), listener('changed', { port: 9 }), listener('new')]
  const plan = planResources(current, desired, ({ kind }) => kind === 'Listener')
  expect(describeResourcePlan(plan)).toEqual(['write Listener changed', 'write Listener new', 'remove Listener stale'])
})
