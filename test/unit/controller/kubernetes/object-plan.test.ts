import { expect, test } from 'vitest'
import { covers, describeObjectPlan, planObjects } from '../../../../controller/kubernetes/object-plan.ts'
import { owned } from '../../../../controller/kubernetes/site-labels.ts'
import type { KubeObject } from '../../../../core/kube/kube-object.ts'
import { owner } from '../../../support/cluster-objects.ts'

const object = (name: string, spec: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec,
})
const ours = (name: string, spec: object = {}) => owned(object(name, spec), owner())

test('what is missing or differs is applied, what is ours and unwanted removed, what is another’s left', () => {
  const current = [ours('same'), ours('edited', { a: 2 }), ours('stale'), object('foreign'), object('elsewhere')]
  const desired = [ours('same'), ours('edited', { a: 1 }), ours('new'), ours('foreign')]
  expect(describeObjectPlan(planObjects(current, desired))).toEqual([
    'apply Service edited',
    'apply Service new',
    'remove Service stale',
    "leave Service foreign: somebody else's",
  ])
})

test('what a server adds is no difference; what we no longer say is one', () => {
  const stored = { ...ours('a', { ports: [{ port: 80, nodePort: 30_000 }], clusterIP: '10.0.0.1' }) }
  const wanted = ours('a', { ports: [{ port: 80 }] })
  const withDefaults = { ...stored, metadata: { ...wanted.metadata, resourceVersion: '5' } }
  expect(planObjects([withDefaults], [wanted]).apply).toEqual([])
  expect(planObjects([ours('a', { x: 1, y: 2 })], [ours('a', { x: 1 })]).apply).toHaveLength(1)
})

test('what is being removed is not removed again', () => {
  const going = ours('going')
  going.metadata.deletionTimestamp = '2026-11-23T08:00:00Z'
  expect(planObjects([going], []).remove).toEqual([])
})

test('one label more in a selector is a difference, lists must be as long', () => {
  expect(covers({ selector: { a: '1', b: '2' } }, { selector: { a: '1' } })).toBe(false)
  expect(covers({ ports: [1, 2] }, { ports: [1] })).toBe(false)
  expect(covers({ labels: { a: '1', b: '2' } }, { labels: { a: '1' } })).toBe(true)
  expect(covers({}, { annotations: {} })).toBe(true)
})
