import { expect, test } from 'vitest'
import { podsTrouble } from '../../../../controller/kubernetes/pods-trouble.ts'
import type { Pod } from '../../../../core/kube/library-objects.ts'
import { pod } from '../../../support/cluster-objects.ts'

function podWith(status: Pod['status']): Pod {
  return { ...pod('router', { ip: '10.0.0.1' }), status }
}

test('a container that cannot start says why', () => {
  const waiting = { reason: 'ImagePullBackOff', message: 'no such image' }
  const containerStatuses = [
    { name: 'router', image: '', imageID: '', ready: false, restartCount: 0, state: { waiting } },
  ]
  expect(podsTrouble([podWith({ containerStatuses })])).toBe('Pod router: ImagePullBackOff: no such image')
})

test('a pod without a node says why', () => {
  const conditions = [{ type: 'PodScheduled', status: 'False', message: '0/1 nodes are available' }]
  expect(podsTrouble([pod('fine', { ip: '10.0.0.2' }), podWith({ conditions })])).toBe(
    'Pod router: 0/1 nodes are available',
  )
})

test('pods that come up say nothing', () => {
  expect(podsTrouble([pod('router', { ip: '10.0.0.1', ready: false })])).toBeUndefined()
})
