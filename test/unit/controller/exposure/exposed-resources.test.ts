import { expect, it } from 'vitest'
import { exposedResources } from '../../../../controller/exposure/exposed-resources.ts'
import { exposureOf, NO_POLICIES } from '../../../../core/model/exposure/exposure-of.ts'
import { parseResource } from '../../../../core/model/resource.ts'
import { deployment, exposable, service, SHOP, statefulSet } from '../../../support/exposable.ts'

function exposed(...values: unknown[]) {
  return exposedResources(
    values.map((value) => {
      const object = exposable(value)
      const decision = exposureOf(object, SHOP, NO_POLICIES)
      if (decision.outcome !== 'exposed') throw new Error(JSON.stringify(decision))
      return { object, exposure: decision.exposure }
    }),
  )
}

it('makes a Listener and a Connector for each port', () => {
  const made = exposed(
    deployment({ annotations: { 'skupper.io/expose': 'true', 'skupper.io/port': '8080:9090,5432' } }),
  )
  expect(made.problems).toEqual([])
  expect(made.listeners.map(({ metadata, spec }) => ({ name: metadata.name, spec }))).toEqual([
    {
      name: 'web-8080',
      spec: { routingKey: 'web:8080', host: 'web', port: 8080, type: 'http', settings: { 'protocol-deduced': 'true' } },
    },
    {
      name: 'web-5432',
      spec: { routingKey: 'web:5432', host: 'web', port: 5432, type: 'tcp', settings: { 'protocol-deduced': 'true' } },
    },
  ])
  expect(made.connectors.map(({ spec }) => [spec.routingKey, spec.port, spec.selector])).toEqual([
    ['web:8080', 9090, 'app=web'],
    ['web:5432', 5432, 'app=web'],
  ])
  expect(made.connectors[0]?.metadata.annotations).toMatchObject({ 'internal.skupper.io/target': 'deployment/web' })
  for (const resource of [...made.listeners, ...made.connectors]) expect(parseResource(resource)).toEqual(resource)
})

it('makes what the annotations say of targets, TLS, headless and ingress', () => {
  const tls = { 'skupper.io/proxy': 'tcp', 'skupper.io/tls-cert': 'c', 'skupper.io/tls-trust': 't' }
  const [listener] = exposed(deployment({ annotations: tls })).listeners
  expect(listener?.spec).toMatchObject({ tlsCredentials: 'c' })
  const headless = exposed(statefulSet({ annotations: { 'skupper.io/proxy': 'tcp', 'skupper.io/headless': 'true' } }))
  expect(headless.connectors[0]?.spec).toMatchObject({ exposePodsByName: true, routingKey: 'database:5432' })
  const never = exposed(deployment({ annotations: { 'skupper.io/proxy': 'tcp', 'skupper.io/ingress': 'Never' } }))
  expect([never.listeners.length, never.connectors.length]).toEqual([0, 1])
  const only = exposed(service({ annotations: { 'skupper.io/proxy': 'tcp', 'skupper.io/ingress-only': 'true' } }))
  expect([only.listeners.length, only.connectors.length]).toEqual([1, 0])
  const other = exposed(service({ annotations: { 'skupper.io/proxy': 'tcp', 'skupper.io/target': 'x' } }))
  expect(other.connectors[0]?.spec).toMatchObject({ host: 'x.shop.svc', port: 80 })
})

it('lets several objects serve one address, and tells who asks for another protocol', () => {
  const annotations = { 'skupper.io/proxy': 'http', 'skupper.io/address': 'web' }
  const other = { 'skupper.io/proxy': 'tcp', 'skupper.io/address': 'web' }
  const made = exposed(
    deployment({ annotations, name: 'b' }),
    deployment({ annotations, name: 'a' }),
    deployment({ annotations: other, name: 'c' }),
  )
  expect(made.listeners).toHaveLength(1)
  expect(made.connectors.map(({ spec }) => spec.selector)).toEqual(['app=a', 'app=b'])
  expect(made.problems).toEqual([
    {
      subject: 'Deployment/c',
      message:
        'Deployment c asks for tcp at web:8080, where Deployment a asks for http; wanted the same, or another address',
    },
  ])
})
