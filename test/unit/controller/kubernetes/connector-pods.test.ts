import { expect, test } from 'vitest'
import { connectorPods } from '../../../../controller/kubernetes/connector-pods.ts'
import type { Connector } from '../../../../core/model/connector.ts'
import { pod } from '../../../support/cluster-objects.ts'
import { connector } from '../../../support/machine-resources.ts'

const labels = { app: 'web' }
const selecting = (spec: Partial<Connector['spec']> = {}) =>
  connector('web', { host: undefined, selector: 'app=web', ...spec })
const going = pod('going', { ip: '10.0.0.4', labels })
going.metadata.deletionTimestamp = '2026-11-23T08:00:00Z'
const ended = pod('ended', { ip: '10.0.0.5', labels })
if (ended.status !== undefined) ended.status.phase = 'Failed'
const PODS = [
  pod('b', { ip: '10.0.0.2', labels }),
  pod('a', { ip: '10.0.0.1', labels }),
  pod('late', { ip: '10.0.0.3', labels, ready: false }),
  pod('pending', { labels }),
  pod('other', { ip: '10.0.0.9' }),
  going,
  ended,
]

test('a selector means the pods that are ready and stay, in one order', () => {
  const pods = connectorPods([selecting(), connector('named')], PODS)
  expect([...pods.keys()]).toEqual(['web'])
  expect(pods.get('web')).toEqual([
    { name: 'a', ip: '10.0.0.1', uid: 'uid-a' },
    { name: 'b', ip: '10.0.0.2', uid: 'uid-b' },
  ])
})

test('pods that are not ready are taken where that is asked for', () => {
  const pods = connectorPods([selecting({ includeNotReadyPods: true })], PODS)
  expect(pods.get('web')?.map(({ name }) => name)).toEqual(['a', 'b', 'late'])
})
