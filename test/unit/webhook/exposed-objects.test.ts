import { expect, test } from 'vitest'
import type { KubeObject } from '../../../core/kube/kube-object.ts'
import { exposureOf, NO_POLICIES } from '../../../core/model/exposure/exposure-of.ts'
import { ExposedObjects } from '../../../webhook/exposed-objects.ts'
import { SHOP, deployment, service } from '../../support/exposable.ts'

const annotations = { 'skupper.io/expose': 'true' }

/** What is exposed of the objects that the test sets. */
function exposed(...given: object[]) {
  const cluster = { objects: given as KubeObject[], policies: NO_POLICIES, decisions: 0 }
  const exposures = new ExposedObjects({
    objects: () => cluster.objects,
    decide: (object) => {
      cluster.decisions++
      return exposureOf(object, SHOP, cluster.policies)
    },
  })
  const namesAt = (address: string) => exposures.at('shop', address).map(({ object }) => object.name)
  return { cluster, exposures, namesAt }
}

test('finds objects by their address', () => {
  const { exposures, namesAt } = exposed(
    deployment({ annotations }),
    service({ annotations: { ...annotations, 'skupper.io/address': 'web' }, name: 'other' }),
    service({ name: 'plain' }),
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'broken' } },
  )
  expect(namesAt('web')).toEqual(['web', 'other'])
  expect([namesAt('plain'), exposures.at('elsewhere', 'web')]).toEqual([[], []])
  expect(exposures.at('shop', 'web').map(({ ports }) => ports)).toEqual([[8080], [80]])
})

test('decides on an object once, until the rules change', () => {
  const { cluster, exposures, namesAt } = exposed(deployment({ annotations }))
  expect(namesAt('web')).toEqual(['web'])
  cluster.objects = [...cluster.objects, deployment({ annotations, name: 'more' })]
  exposures.objectsChanged()
  expect([namesAt('more'), cluster.decisions]).toEqual([['more'], 2])

  cluster.policies = { exposure: [], cluster: { state: 'active', policies: [] } }
  exposures.rulesChanged()
  expect([namesAt('web'), cluster.decisions]).toEqual([[], 4])
})
