import fc from 'fast-check'
import jsonpatch from 'jsonpatch'
import { describe, expect, it } from 'vitest'
import { mutationOf } from '../../../webhook/mutate.ts'
import { clusterView } from '../../support/cluster-view.ts'
import { deployment, service, statefulSet } from '../../support/exposable.ts'

const view = clusterView()

/** The object with the webhook's patch applied by an implementation that did not make it. */
function mutated<T>(object: T): T {
  const { patch } = mutationOf(object, 'shop', view)
  return jsonpatch.apply_patch<T>(structuredClone(object), structuredClone(patch) as never)
}

interface Meta {
  annotations?: Record<string, string>
  labels?: Record<string, string>
}
const metaOf = (object: { metadata: object }): Meta => object.metadata
const withoutExpose = (object: { metadata: object }) => {
  const annotations = Object.entries(metaOf(object).annotations ?? {})
  return Object.fromEntries(annotations.filter(([key]) => key !== 'skupper.io/expose'))
}
const podMetaOf = (object: ReturnType<typeof deployment>): Meta => object.spec.template.metadata

describe('what is written', () => {
  it('into a Deployment: the configuration, a label, and a record of both', () => {
    const after = mutated(deployment({ annotations: { 'skupper.io/expose': 'true' } }))
    const written = { 'skupper.io/address': 'web', 'skupper.io/port': '8080', 'skupper.io/proxy': 'http' }
    expect(metaOf(after)).toEqual({
      name: 'web',
      namespace: 'shop',
      annotations: {
        'skupper.io/expose': 'true',
        ...written,
        'skupper.io/injected': JSON.stringify({ annotations: written, labels: { 'skupper.io/exposed': 'true' } }),
      },
      labels: { 'skupper.io/exposed': 'true' },
    })
    expect(podMetaOf(after)).toEqual({ labels: { app: 'web' } })
  })

  it("into a Service: Istio's annotation and label too, unless they are the user's or not wanted", () => {
    const after = mutated(service({ annotations: { 'skupper.io/proxy': 'http' } }))
    expect(metaOf(after).annotations).toMatchObject({
      'sidecar.istio.io/inject': 'false',
      'skupper.io/port': '80:8080',
    })
    expect(metaOf(after).labels).toEqual({ 'skupper.io/exposed': 'true', 'sidecar.istio.io/inject': 'false' })
    const own = mutated(service({ annotations: { 'skupper.io/proxy': 'http', 'sidecar.istio.io/inject': 'true' } }))
    expect(metaOf(own).annotations).toMatchObject({ 'sidecar.istio.io/inject': 'true' })
    const none = mutated(service({ annotations: { 'skupper.io/proxy': 'http', 'skupper.io/istio': 'none' } }))
    expect(metaOf(none).annotations).not.toHaveProperty('sidecar.istio.io/inject')
    expect(metaOf(none).labels).toEqual({ 'skupper.io/exposed': 'true' })
  })

  it('no protocol where the ports differ in it', () => {
    const ports = [{ port: 80 }, { port: 5432 }]
    const after = mutated(service({ annotations: { 'skupper.io/expose': 'true' }, ports }))
    expect(metaOf(after).annotations).not.toHaveProperty('skupper.io/proxy')
    expect(metaOf(after).annotations).toHaveProperty('skupper.io/port', '80,5432')
  })

  it('nothing over what the user wrote', () => {
    const annotations = { 'skupper.io/proxy': 'tcp', 'skupper.io/address': 'api', 'skupper.io/port': '1:8080' }
    expect(metaOf(mutated(deployment({ annotations }))).annotations).toEqual({
      ...annotations,
      'skupper.io/injected': '{"labels":{"skupper.io/exposed":"true"}}',
    })
  })

  it('also where there are no maps, or null ones', () => {
    const bare = service({ annotations: { 'skupper.io/expose': 'true' } })
    const odd = { ...bare, metadata: { ...bare.metadata, labels: null } }
    expect(metaOf(mutated(odd)).labels).toHaveProperty('skupper.io/exposed')
    const annotations = { 'skupper.io/expose': 'true', 'skupper.io/istio': 'exclude-ports' }
    const workload = deployment({ annotations })
    const { spec } = workload.spec.template
    const noPodMetadata = { ...workload, spec: { ...workload.spec, template: { spec } } }
    expect(mutated(noPodMetadata).spec.template).toHaveProperty('metadata.annotations')
  })
})

describe('Istio on workloads', () => {
  const KEY = 'traffic.sidecar.istio.io/excludeInboundPorts'
  const asked = (istio: string) => ({ 'skupper.io/expose': 'true', 'skupper.io/istio': istio })
  const withPods = (object: ReturnType<typeof deployment>, annotations: Record<string, string>) => {
    const { template } = object.spec
    const metadata = { ...template.metadata, annotations }
    return { ...object, spec: { ...object.spec, template: { ...template, metadata } } }
  }

  it('exclude-ports: the exposed ports join those that are there, and leave again', () => {
    const before = withPods(deployment({ annotations: asked('exclude-ports') }), { [KEY]: '15090' })
    const after = mutated(before)
    expect(podMetaOf(after).annotations).toEqual({ [KEY]: '15090,8080' })
    expect(mutationOf(before, 'shop', view).warnings).toEqual([expect.stringContaining('pods restart')])
    expect(mutationOf(after, 'shop', view)).toMatchObject({ patch: [], warnings: [] })
    const left = withoutExpose(after)
    const optedOut = mutated({ ...after, metadata: { ...after.metadata, annotations: left } })
    expect(podMetaOf(optedOut).annotations).toEqual({ [KEY]: '15090' })
    expect(metaOf(optedOut).annotations).toEqual({ 'skupper.io/istio': 'exclude-ports' })
  })

  it('exclude-ports: nothing to add where the port or all are left alone', () => {
    for (const list of ['8080', '*']) {
      const before = withPods(deployment({ annotations: asked('exclude-ports') }), { [KEY]: list })
      expect(podMetaOf(mutated(before)).annotations).toEqual({ [KEY]: list })
    }
  })

  it('no-sidecar: label and annotation on the pods', () => {
    const after = mutated(deployment({ annotations: asked('no-sidecar') }))
    expect(podMetaOf(after)).toEqual({
      labels: { app: 'web', 'sidecar.istio.io/inject': 'false' },
      annotations: { 'sidecar.istio.io/inject': 'false' },
    })
  })
})

describe('what is taken out again', () => {
  it.each(['skupper.io/expose gone', 'expose false'])('%s', (how) => {
    const before = service({ annotations: { 'skupper.io/expose': 'true', mine: 'x' }, labels: { app: 'web' } })
    const left = withoutExpose(mutated(before))
    const annotations = how === 'expose false' ? { ...left, 'skupper.io/expose': 'false' } : left
    const after = mutated({
      ...mutated(before),
      metadata: { ...metaOf(mutated(before)), annotations },
    } as typeof before)
    expect(metaOf(after).annotations).toEqual(
      how === 'expose false' ? { mine: 'x', 'skupper.io/expose': 'false' } : { mine: 'x' },
    )
    expect(metaOf(after).labels).toEqual({ app: 'web' })
  })

  it('not what the user has changed since', () => {
    const after = mutated(deployment({ annotations: { 'skupper.io/expose': 'true' } }))
    const left = withoutExpose(after)
    const annotations = { ...left, 'skupper.io/address': 'mine' }
    const again = mutated({ ...after, metadata: { ...after.metadata, annotations } })
    expect(metaOf(again).annotations).toEqual({ 'skupper.io/address': 'mine' })
  })
})

describe('any object', () => {
  const key = fc.constantFrom(
    ...['expose', 'proxy', 'address', 'port', 'istio', 'injected', 'exposed'].map((word) => `skupper.io/${word}`),
    'sidecar.istio.io/inject',
    'traffic.sidecar.istio.io/excludeInboundPorts',
    'a/b~c',
  )
  const value = fc.oneof(
    fc.constantFrom('true', 'false', 'http', 'tcp', '8080', '80:9090,81', 'exclude-ports', 'no-sidecar', 'none'),
    fc.constant('{"annotations":{"skupper.io/proxy":"http"},"podAnnotations":{"sidecar.istio.io/inject":"false"}}'),
    fc.string(),
  )
  const map = fc.option(fc.dictionary(key, value, { noNullPrototype: true }), { nil: undefined })
  const kinds = fc.constantFrom(deployment, service, statefulSet)

  it('is changed once, and nowhere but in its labels and annotations', () => {
    fc.assert(
      fc.property(
        fc.record({ annotations: map, labels: map, pods: map }),
        kinds,
        ({ annotations, labels, pods }, make) => {
          const object = make({ ...(annotations && { annotations }), ...(labels && { labels }) }) as ReturnType<
            typeof deployment
          >
          if ('template' in object.spec && pods !== undefined)
            Object.assign(object.spec.template.metadata, { annotations: pods })
          const after = mutated(object)
          expect(mutationOf(after, 'shop', view).patch).toEqual([])
          expect(stripped(after)).toEqual(stripped(object))
        },
      ),
      { numRuns: 300 },
    )
  })

  function stripped(object: ReturnType<typeof deployment>): unknown {
    const clone = structuredClone(object) as unknown as { metadata: Meta; spec: { template?: { metadata?: Meta } } }
    for (const metadata of [clone.metadata, clone.spec.template?.metadata]) {
      delete metadata?.annotations
      delete metadata?.labels
    }
    return clone
  }
})

it('leaves alone what is ours, wrong, or of another kind', () => {
  const ours = service({
    annotations: { 'skupper.io/expose': 'true' },
    labels: { 'app.kubernetes.io/managed-by': 'skupper' },
  })
  expect(mutationOf(ours, 'shop', view).patch).toEqual([])
  expect(mutationOf(deployment({ annotations: { 'skupper.io/expose': 'x' } }), 'shop', view).patch).toEqual([])
  expect(mutationOf({ apiVersion: 'v1', kind: 'Pod', metadata: {} }, 'shop', view).patch).toEqual([])
})
