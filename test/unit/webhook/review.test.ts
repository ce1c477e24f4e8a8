import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { answerTo, readReview } from '../../../webhook/admission-review.ts'
import { reviewOf } from '../../../webhook/review.ts'
import { clusterPolicy, deployment, exposurePolicy } from '../../support/exposable.ts'
import { clusterView } from '../../support/cluster-view.ts'

const view = clusterView()

function review(object: unknown, parts: object = {}) {
  return readReview({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'u1',
      kind: { group: 'apps', version: 'v1', kind: 'Deployment' },
      operation: 'CREATE',
      namespace: 'shop',
      userInfo: { username: 'jane' },
      object,
      oldObject: null,
      ...parts,
    },
  })
}

describe('a review', () => {
  it('is answered with its uid, a patch, and what was decided', () => {
    const request = review(deployment({ annotations: { 'skupper.io/expose': 'true' } }))
    const { verdict, reason, detail } = reviewOf('mutate', request, view)
    expect(reason).toBe('exposed')
    expect(detail).toBe('annotation skupper.io/expose: web:8080 http (deduced: port 8080)')
    expect(answerTo(request, verdict)).toMatchObject({
      response: { uid: 'u1', allowed: true, patchType: 'JSONPatch', patch: expect.any(String) as string },
    })
  })

  it('is refused with the message', () => {
    const request = review(deployment({ annotations: { 'skupper.io/expose': 'x' } }))
    const { verdict, reason } = reviewOf('validate', request, view)
    expect(reason).toBe('annotation/invalid')
    expect(answerTo(request, verdict)).toMatchObject({
      response: { allowed: false, status: { code: 422, message: expect.stringContaining('"x"') as string } },
    })
  })

  it.each<[string, unknown, object]>([
    ['a deletion', null, { operation: 'DELETE' }],
    ['an unknown kind', { apiVersion: 'x/v1', kind: 'Y' }, {}],
    ['no object', null, {}],
    ['an object that cannot be read', { apiVersion: 'apps/v1', kind: 'Deployment', metadata: {} }, {}],
  ])('is admitted unchanged: %s', (_what, object, parts) => {
    for (const webhook of ['mutate', 'validate'] as const) {
      const request = review(object, parts)
      const { verdict } = reviewOf(webhook, request, view)
      expect(verdict.patch).toEqual([])
      expect(verdict.refusal).toBeUndefined()
    }
  })

  it('of an object with a thousand annotations is answered like any other', () => {
    const many = Object.fromEntries(
      Array.from({ length: 1000 }, (_, i) => [`skupper.io/a${String(i)}`, 'x'.repeat(200)]),
    )
    const request = review(deployment({ annotations: { ...many, 'skupper.io/expose': 'http' } }))
    expect(reviewOf('mutate', request, view).reason).toBe('exposed')
    const answer = answerTo(request, reviewOf('validate', request, view).verdict) as {
      response: { warnings: string[] }
    }
    expect(answer.response.warnings).toHaveLength(11)
  })
})

describe("Skupper's own resources", () => {
  const listener = (spec: object) => ({
    apiVersion: 'skupper.io/v2alpha1',
    kind: 'Listener',
    metadata: { name: 'l', namespace: 'shop' },
    spec: { routingKey: 'web:80', host: 'web', port: 80, ...spec },
  })

  it('are refused where the schema says so, unless they were wrong before', () => {
    expect(reviewOf('validate', review(listener({})), view).verdict.refusal).toBeUndefined()
    const wrong = listener({ routingKey: 'mc/x' })
    expect(reviewOf('validate', review(wrong), view).verdict.refusal).toContain('Listener l: spec.routingKey')
    expect(reviewOf('validate', review(wrong, { operation: 'UPDATE', oldObject: wrong }), view).verdict).toMatchObject({
      refusal: undefined,
      warnings: [expect.stringContaining('routingKey') as string],
    })
  })

  it('are left alone in a namespace without a controller of ours', () => {
    const request = review(listener({ routingKey: 'mc/x' }), { namespace: 'theirs' })
    expect(reviewOf('validate', request, view)).toMatchObject({ verdict: { warnings: [] }, reason: 'other-controller' })
  })

  it("are refused where Skupper v1's policies deny them, unless they were there before", () => {
    const denying = clusterView({ policies: { exposure: [], cluster: { state: 'active', policies: [] } } })
    const grant = { apiVersion: 'skupper.io/v2alpha1', kind: 'AccessGrant', metadata: { name: 'g' }, spec: {} }
    const denial = 'Policy validation error: incoming links are not allowed'
    expect(reviewOf('validate', review(grant), denying).verdict.refusal).toBe(denial)
    const update = review(grant, { operation: 'UPDATE', oldObject: grant })
    expect(reviewOf('validate', update, denying).verdict).toMatchObject({ refusal: undefined, warnings: [denial] })
  })

  it('policies too; a pattern that matches nothing is told', () => {
    expect(reviewOf('validate', review(exposurePolicy('p')), view).verdict.refusal).toBeUndefined()
    const wrong = exposurePolicy('p', { ports: [0] })
    expect(reviewOf('validate', review(wrong), view).verdict.refusal).toContain('ExposurePolicy p: spec.ports.0')
    const pattern = review(clusterPolicy('c', { namespaces: ['('] }))
    expect(reviewOf('validate', pattern, view).verdict.warnings).toEqual([
      '"(" is not a regular expression: it matches nothing',
    ])
  })
})

describe('what is no review', () => {
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['text', 'x'],
    ['another version', { apiVersion: 'admission.k8s.io/v1beta1', kind: 'AdmissionReview', request: {} }],
    ['another kind', { apiVersion: 'admission.k8s.io/v1', kind: 'Status' }],
    ['no request', { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' }],
    ['no uid', { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request: { operation: 'CREATE' } }],
  ])('%s', (_what, value) => {
    expect(() => readReview(value)).toThrow(expect.objectContaining({ code: 'review/malformed' }))
  })

  it('is an error with a code, whatever it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(() => readReview(value)).toThrow(expect.objectContaining({ code: 'review/malformed' }))
      }),
    )
  })
})
