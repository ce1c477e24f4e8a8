import { expect, test } from 'vitest'
import { oneAtATime } from '../../../../controller/kubernetes/rollout.ts'
import type { Deployment } from '../../../../core/kube/library-objects.ts'

const deployment = (name: string, available = 1): Deployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, generation: 2 },
  spec: { replicas: 1, selector: {}, template: {} },
  status: { observedGeneration: 2, replicas: 1, updatedReplicas: 1, availableReplicas: available },
})
const names = (changes: readonly { metadata: { name: string } }[]) => changes.map(({ metadata }) => metadata.name)

test('new Deployments are made at once, changed ones one at a time', () => {
  const changes = [deployment('a'), deployment('b'), deployment('c')]
  expect(names(oneAtATime(changes, []))).toEqual(['a', 'b', 'c'])
  expect(names(oneAtATime(changes, [deployment('a'), deployment('b')]))).toEqual(['a', 'c'])
})

test('while another one is not in order, none is changed', () => {
  const changes = [deployment('a'), { ...deployment('config'), kind: 'ConfigMap' }]
  expect(names(oneAtATime(changes, [deployment('a'), deployment('b', 0)]))).toEqual(['config'])
  expect(names(oneAtATime(changes, [deployment('a', 0), deployment('b')]))).toEqual(['a', 'config'])
})
