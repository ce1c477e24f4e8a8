import { describe, expect, it } from 'vitest'
import { exposable, deployment, service, SHOP, statefulSet } from '../../support/exposable.ts'
import { clusterView } from '../../support/cluster-view.ts'
import { validationOf } from '../../../webhook/validate.ts'
import type { ClusterView } from '../../../webhook/cluster-view.ts'

const validate = (
  object: unknown,
  { oldObject, view = clusterView() }: { oldObject?: unknown; view?: ClusterView } = {},
) => validationOf({ object, oldObject, namespace: 'shop' }, view)

const expose = { 'skupper.io/expose': 'true' }

it('admits what is right, in silence', () => {
  expect(validate(deployment({ annotations: expose }))).toMatchObject({ refusal: undefined, warnings: [] })
  expect(validate(deployment({}))).toMatchObject({ refusal: undefined, warnings: [] })
  expect(validate({ kind: 'Pod' })).toEqual({ refusal: undefined, warnings: [] })
})

describe('a wrong value', () => {
  const wrong = deployment({ annotations: { 'skupper.io/expose': 'yes' } })
  const message = 'Deployment web: annotation skupper.io/expose is "yes"; wanted one of true, false, tcp, http, http2'

  it('is refused, with the value and what is allowed', () => {
    expect(validate(wrong)).toMatchObject({ refusal: message, warnings: [] })
    expect(validate(wrong, { oldObject: deployment({}) }).refusal).toBe(message)
  })

  it('that was there before stops nobody who changes something else', () => {
    expect(validate(wrong, { oldObject: wrong })).toMatchObject({ refusal: undefined, warnings: [message] })
  })

  it('is not assumed where the Service of a StatefulSet may have the ports', () => {
    expect(validate(statefulSet({ annotations: expose, ports: [] }))).toMatchObject({ refusal: undefined })
    expect(validate(deployment({ annotations: expose, ports: [] })).refusal).toContain('declares no TCP port')
  })
})

describe('warnings', () => {
  it('no site', () => {
    const { warnings } = validate(deployment({ annotations: expose }), { view: clusterView({ hasSite: () => false }) })
    expect(warnings).toEqual(['no site in namespace shop: run skupper init -n shop'])
  })

  it('a name that is not known', () => {
    const { warnings } = validate(deployment({ annotations: { 'skupper.io/exposes': 'true' } }))
    expect(warnings).toEqual(['annotation skupper.io/exposes is not known; did you mean skupper.io/expose?'])
  })

  it('another object with the same address and port', () => {
    const object = exposable(service({ annotations: { ...expose, 'skupper.io/address': 'web' }, name: 'w2' }))
    const view = clusterView({ exposedAt: (_, address) => (address === 'web' ? [{ object, ports: [80] }] : []) })
    const { warnings } = validate(service({ annotations: expose }), { view })
    expect(warnings).toEqual(['address web port 80 is also that of Service w2: both will serve it'])
    expect(validate(service({ annotations: expose, name: 'w2' }), { view }).warnings).toEqual([])
  })

  it("that Skupper v1's policies deny it", () => {
    const view = clusterView({ policies: { exposure: [], cluster: { state: 'active', policies: [] } } })
    expect(validate(deployment({ annotations: expose }), { view })).toMatchObject({
      refusal: undefined,
      warnings: ['not exposed: Policy validation error: deployment/web cannot be exposed'],
    })
  })

  it('a mesh that takes mutual TLS only, and the choices', () => {
    const view = clusterView({
      namespace: () => ({ ...SHOP, labels: { 'istio-injection': 'enabled' } }),
      peerAuthentications: [
        { metadata: { name: 'default', namespace: 'istio-system' }, spec: { mtls: { mode: 'STRICT' } } },
      ],
    })
    expect(validate(deployment({ annotations: expose }), { view }).warnings).toEqual([
      expect.stringContaining('set annotation skupper.io/istio to exclude-ports or no-sidecar') as string,
    ])
    const treated = { ...expose, 'skupper.io/istio': 'exclude-ports' }
    expect(validate(deployment({ annotations: treated }), { view }).warnings).toEqual([])
    expect(
      validate(deployment({ annotations: expose }), { view: { ...view, peerAuthentications: undefined } }).warnings,
    ).toEqual([])
  })
})
