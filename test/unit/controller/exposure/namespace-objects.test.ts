import { expect, test } from 'vitest'
import { namespaceExposures } from '../../../../controller/exposure/namespace-objects.ts'
import { readExposable, type ExposableObject } from '../../../../core/model/exposure/exposable-object.ts'
import { NO_POLICIES } from '../../../../core/model/exposure/exposure-of.ts'
import { service, statefulSet } from '../../../support/exposable.ts'

const NAMESPACE = { name: 'shop', labels: {} }

function portsOf(...objects: object[]): unknown {
  const readable = objects.map((each) => readExposable(each, 'shop')).filter((each) => each !== undefined)
  return namespaceExposures(readable satisfies ExposableObject[], NAMESPACE, NO_POLICIES).exposed[0]?.exposure.ports
}

const annotated = statefulSet({ annotations: { 'skupper.io/expose': 'tcp' } })

test("a StatefulSet's ports are those of the Service that governs it", () => {
  const governing = service({ name: 'database', ports: [{ port: 80, targetPort: 'pg' }] })
  expect(portsOf(annotated, governing)).toEqual([{ port: 80, targetPort: 5432, protocol: 'tcp' }])
})

test('but not those of our own Service of that name, which lead to the router', () => {
  const labels = { 'app.kubernetes.io/managed-by': 'skupper' }
  const ours = service({ name: 'database', labels, ports: [{ port: 5432, targetPort: 1024 }] })
  expect(portsOf(annotated, ours)).toEqual([{ port: 5432, targetPort: 5432, protocol: 'tcp' }])
})
