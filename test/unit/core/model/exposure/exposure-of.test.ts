import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exposureOf, NO_POLICIES, type Policies } from '../../../../../core/model/exposure/exposure-of.ts'
import type { Exposure } from '../../../../../core/model/exposure/exposure.ts'
import { readExposable } from '../../../../../core/model/exposure/exposable-object.ts'
import {
  clusterPolicy,
  deployment,
  exposable,
  exposurePolicy,
  service,
  SHOP,
  statefulSet,
} from '../../../../support/exposable.ts'

const decide = (value: unknown, policies: Policies = NO_POLICIES) => exposureOf(exposable(value), SHOP, policies)

function exposed(value: unknown, policies?: Policies): Exposure {
  const decision = decide(value, policies)
  if (decision.outcome !== 'exposed') throw new Error(JSON.stringify(decision))
  return decision.exposure
}

const portsOf = (value: unknown) =>
  exposed(value).ports.map(({ port, targetPort, protocol }) => `${String(port)}:${String(targetPort)} ${protocol}`)

describe('what is exposed', () => {
  it.each<[string, unknown, string[]]>([
    ['expose true: deduced', deployment({ annotations: { 'skupper.io/expose': 'true' } }), ['8080:8080 http']],
    ['expose tcp', deployment({ annotations: { 'skupper.io/expose': 'tcp' } }), ['8080:8080 tcp']],
    ['expose http2', deployment({ annotations: { 'skupper.io/expose': 'http2' } }), ['8080:8080 http2']],
    ["v1's proxy", deployment({ annotations: { 'skupper.io/proxy': 'http' } }), ['8080:8080 http']],
    [
      'expose true beside proxy',
      deployment({ annotations: { 'skupper.io/expose': 'true', 'skupper.io/proxy': 'http2' } }),
      ['8080:8080 http2'],
    ],
    [
      'each port by its own signs',
      service({
        annotations: { 'skupper.io/expose': 'true' },
        ports: [
          { port: 443, targetPort: 8443 },
          { port: 9000, name: 'grpc-api' },
          { port: 1234, appProtocol: 'http' },
          { port: 53, protocol: 'UDP' },
        ],
      }),
      ['443:8443 tcp', '9000:9000 http2', '1234:1234 http'],
    ],
    [
      'a list of ports',
      deployment({ annotations: { 'skupper.io/proxy': 'tcp', 'skupper.io/port': '8080:9090, 8081' } }),
      ['8080:9090 tcp', '8081:8081 tcp'],
    ],
    [
      'the name of the target port tells the protocol',
      deployment({
        annotations: { 'skupper.io/expose': 'true', 'skupper.io/port': '7000:5000' },
        ports: [{ containerPort: 5000, name: 'http' }],
      }),
      ['7000:5000 http'],
    ],
    [
      'a port of a Service keeps its target',
      service({ annotations: { 'skupper.io/expose': 'http', 'skupper.io/port': '80' } }),
      ['80:8080 http'],
    ],
    [
      'v1: skupper.io/port does not count on a Service',
      service({ annotations: { 'skupper.io/proxy': 'http', 'skupper.io/port': '9999' } }),
      ['80:8080 http'],
    ],
    [
      'v1: http without a port is 80',
      deployment({ annotations: { 'skupper.io/proxy': 'http' }, ports: [] }),
      ['80:80 http'],
    ],
    [
      'a StatefulSet by its container',
      statefulSet({ annotations: { 'skupper.io/expose': 'true' } }),
      ['5432:5432 tcp'],
    ],
    [
      'target ports by name: the ports of the Service',
      service({ annotations: { 'skupper.io/proxy': 'http' }, ports: [{ port: 80, targetPort: 'web' }] }),
      ['80:80 http'],
    ],
  ])('%s', (_what, value, wanted) => {
    expect(portsOf(value)).toEqual(wanted)
  })

  it('takes the address from the annotation, the governing Service, or the name', () => {
    expect(
      exposed(deployment({ annotations: { 'skupper.io/proxy': 'tcp', 'skupper.io/address': 'api' } })).address,
    ).toBe('api')
    expect(exposed(deployment({ annotations: { 'skupper.io/proxy': 'tcp' } })).address).toBe('web')
    const headless = { 'skupper.io/proxy': 'tcp', 'skupper.io/headless': 'true' }
    expect(exposed(statefulSet({ annotations: headless }))).toMatchObject({ address: 'database', headless: true })
  })

  it('aims at pods, at a Service, at a host, or at nothing', () => {
    const annotations = { 'skupper.io/proxy': 'tcp' }
    expect(exposed(deployment({ annotations })).target).toEqual({ type: 'pods', selector: 'app=web' })
    expect(exposed(service({ annotations })).target).toEqual({ type: 'pods', selector: 'app=web' })
    expect(exposed(service({ annotations, ports: [{ port: 1, targetPort: 'x' }] })).target.type).toBe('service')
    expect(exposed(service({ annotations, selector: {} })).target).toEqual({
      type: 'service',
      name: 'web',
      namespace: 'shop',
    })
    expect(exposed(service({ annotations, type: 'ExternalName', externalName: 'db.example.com' })).target).toEqual({
      type: 'host',
      host: 'db.example.com',
    })
    expect(exposed(service({ annotations: { ...annotations, 'skupper.io/ingress-only': '' } })).target.type).toBe(
      'none',
    )
    expect(exposed(service({ annotations: { ...annotations, 'skupper.io/target': 'other.ns2' } })).target).toEqual({
      type: 'service',
      name: 'other',
      namespace: 'ns2',
    })
  })

  it('maps one port to the one port of another Service', () => {
    const object = exposable(service({ annotations: { 'skupper.io/proxy': 'tcp', 'skupper.io/target': 'other' } }))
    const decision = exposureOf({ ...object, relatedPorts: [{ port: 5000 }] }, SHOP, NO_POLICIES)
    expect(decision).toMatchObject({ exposure: { ports: [{ port: 80, targetPort: 5000 }] } })
  })

  it("takes a StatefulSet's ports from the Service that governs it", () => {
    const object = exposable(statefulSet({ annotations: { 'skupper.io/proxy': 'tcp' } }))
    const relatedPorts = [
      { port: 5000, targetPort: 'pg' },
      { port: 6000, targetPort: 6001 },
    ]
    const decision = exposureOf({ ...object, relatedPorts }, SHOP, NO_POLICIES)
    expect(decision).toMatchObject({
      exposure: {
        ports: [
          { port: 5000, targetPort: 5432 },
          { port: 6000, targetPort: 6001 },
        ],
      },
    })
  })

  it('passes on labels, annotations, ingress and TLS', () => {
    const annotations = {
      'skupper.io/proxy': 'tcp',
      'skupper.io/service-labels': 'a=b, c=d',
      'skupper.io/service-annotations': 'x.io/y=1=2',
      'skupper.io/ingress': 'Never',
      'skupper.io/tls-cert': 'cert',
      'skupper.io/tls-trust': 'trust',
    }
    expect(exposed(deployment({ annotations }))).toMatchObject({
      labels: { a: 'b', c: 'd' },
      annotations: { 'x.io/y': '1' },
      hasListener: false,
      tlsCredentials: 'cert',
      tlsTrust: 'trust',
    })
  })
})

describe('what is not', () => {
  it.each<[string, Record<string, string>, string, string]>([
    ['an unknown word', { expose: 'htp' }, 'annotation/invalid', '"htp"; wanted one of true, false, tcp, http, http2'],
    ['an unknown proxy', { proxy: 'sctp' }, 'annotation/invalid', '"sctp"; wanted one of tcp, http, http2'],
    ['a contradiction', { expose: 'tcp', proxy: 'http' }, 'annotation/contradiction', 'wanted one of them'],
    ['a port out of range', { proxy: 'tcp', port: '70000' }, 'annotation/invalid', '"70000"'],
    ['text for a port', { proxy: 'tcp', port: '8080,web' }, 'annotation/invalid', '"8080,web"'],
    ['three parts', { proxy: 'tcp', port: '1:2:3' }, 'annotation/invalid', '"1:2:3"'],
    ['an empty port', { proxy: 'tcp', port: '' }, 'annotation/invalid', 'skupper.io/port is ""'],
    ['two targets of one port', { proxy: 'tcp', port: '1:2,1:3' }, 'annotation/invalid', 'one target for port 1'],
    ['a bad address', { proxy: 'tcp', address: 'Web_1' }, 'annotation/invalid', '"Web_1"'],
    ['bad labels', { proxy: 'tcp', 'service-labels': 'a' }, 'annotation/invalid', '"a"'],
    ['bad annotations', { proxy: 'tcp', 'service-annotations': '=x' }, 'annotation/invalid', '"=x"'],
    ['a bad ingress', { proxy: 'tcp', ingress: 'never' }, 'annotation/invalid', 'one of Always, Never'],
    [
      'a bad treatment',
      { expose: 'true', istio: 'off' },
      'annotation/invalid',
      'auto, exclude-ports, no-sidecar, none',
    ],
    ['TLS with http', { proxy: 'http', 'tls-cert': 'c' }, 'annotation/invalid', 'the protocol is http'],
    ['a bad Secret', { proxy: 'tcp', 'tls-trust': 'A B' }, 'annotation/invalid', 'the name of a Secret'],
    ['a bad headless', { proxy: 'tcp', headless: 'yes' }, 'annotation/invalid', 'one of true, false'],
    ['a record that is not ours', { proxy: 'tcp', injected: '{' }, 'exposure/injected', 'remove this annotation'],
  ])('%s', (_what, keys, ...[code, words]) => {
    const annotations = Object.fromEntries(Object.entries(keys).map(([key, value]) => [`skupper.io/${key}`, value]))
    const decision = decide(deployment({ annotations }))
    expect(decision).toMatchObject({ outcome: 'error', code, message: expect.stringContaining(words) as string })
  })

  it('names what is wrong with a target, a headless address, and an object without ports', () => {
    expect(decide(service({ annotations: { 'skupper.io/proxy': 'tcp', 'skupper.io/target': 'a.b.c' } }))).toMatchObject(
      {
        code: 'annotation/invalid',
      },
    )
    const headless = { 'skupper.io/proxy': 'tcp', 'skupper.io/headless': 'true', 'skupper.io/address': 'x' }
    expect(decide(statefulSet({ annotations: headless }))).toMatchObject({ code: 'annotation/invalid' })
    expect(decide(deployment({ annotations: { 'skupper.io/expose': 'true' }, ports: [] }))).toMatchObject({
      code: 'exposure/no-ports',
    })
    expect(decide(deployment({ name: '1.web', annotations: { 'skupper.io/expose': 'true' } }))).toMatchObject({
      code: 'exposure/address',
    })
  })

  it.each<[string, unknown, string]>([
    ['nothing asks for it', deployment({}), 'not-asked'],
    [
      'expose is false',
      deployment({ annotations: { 'skupper.io/expose': 'false', 'skupper.io/proxy': 'tcp' } }),
      'opted-out',
    ],
    [
      'it is ours',
      service({ annotations: { 'skupper.io/expose': 'true' }, labels: { 'app.kubernetes.io/managed-by': 'skupper' } }),
      'ours',
    ],
    ['it has an address only', deployment({ annotations: { 'skupper.io/address': 'x' } }), 'not-asked'],
  ])('%s', (_what, value, code) => {
    expect(decide(value)).toMatchObject({ outcome: 'none', code })
  })

  it('says what has no effect', () => {
    const remarks = (value: unknown) => {
      const decision = decide(value)
      return decision.outcome === 'error' ? [] : decision.remarks
    }
    expect(remarks(service({ annotations: { 'skupper.io/proxy': 'tcp', 'skupper.io/port': '1' } }))).toHaveLength(1)
    expect(remarks(deployment({ annotations: { 'skupper.io/proxy': 'tcp', 'skupper.io/target': 'x' } }))).toHaveLength(
      1,
    )
    expect(
      remarks(deployment({ annotations: { 'skupper.io/expose': 'false', 'skupper.io/proxy': 'tcp' } })),
    ).toHaveLength(1)
    const headless = { 'skupper.io/expose': 'tcp', 'skupper.io/headless': 'true' }
    expect(remarks(statefulSet({ annotations: headless }))).toEqual([
      'skupper.io/headless makes no name for each pod yet: all are called by one address',
    ])
  })
})

describe('what the webhook wrote', () => {
  const written = { 'skupper.io/proxy': 'http', 'skupper.io/address': 'web', 'skupper.io/port': '8080' }
  const injected = { 'skupper.io/injected': JSON.stringify({ annotations: written }) }

  it('exposes nothing by itself', () => {
    expect(decide(deployment({ annotations: { ...written, ...injected } }))).toMatchObject({ code: 'not-asked' })
    const optedOut = { ...written, ...injected, 'skupper.io/expose': 'false' }
    expect(decide(deployment({ annotations: optedOut }))).toMatchObject({ code: 'opted-out' })
  })

  it('gives way where the user changes a value', () => {
    expect(portsOf(deployment({ annotations: { ...written, ...injected, 'skupper.io/proxy': 'tcp' } }))).toEqual([
      '8080:8080 tcp',
    ])
    const changed = { ...written, ...injected, 'skupper.io/expose': 'tcp' }
    expect(portsOf(deployment({ annotations: changed, ports: [{ containerPort: 9090 }] }))).toEqual(['9090:9090 tcp'])
  })
})

describe('policies', () => {
  const withPolicies = (...exposure: Policies['exposure'][number][]): Policies => ({ ...NO_POLICIES, exposure })

  it('expose what carries no annotation, by the highest priority', () => {
    const policies = withPolicies(
      exposurePolicy('b', { address: 'low' }),
      exposurePolicy('c', { priority: 5, address: '{name}-{namespace}', protocol: 'http', istio: 'none' }),
      exposurePolicy('a', { dryRun: true, priority: 9 }),
    )
    expect(exposed(service({}), policies)).toMatchObject({
      address: 'web-shop',
      askedBy: 'ExposurePolicy c',
      istio: 'none',
      ports: [{ port: 80, targetPort: 8080, protocol: 'http' }],
    })
  })

  it.each<[string, Parameters<typeof exposurePolicy>[1], string]>([
    ['another kind', { kinds: ['Deployment'] }, 'not-asked'],
    ['another namespace', { namespaceSelector: { matchLabels: { team: 'x' } } }, 'not-asked'],
    ['other labels', { selector: { matchLabels: { app: 'x' } } }, 'not-asked'],
    ['only reports', { dryRun: true }, 'not-asked'],
    ['none of the ports', { ports: [81] }, 'policy-misses'],
    ['a label that is missing', { address: '{label:app}' }, 'policy-misses'],
    ['no address', { address: '1{name}' }, 'policy-misses'],
  ])('do not expose: %s', (_what, spec, code) => {
    expect(decide(service({}), withPolicies(exposurePolicy('p', spec)))).toMatchObject({ outcome: 'none', code })
  })

  it('leave out what the user opted out, and keep what the user named', () => {
    const policies = withPolicies(exposurePolicy('p', { ports: [80] }))
    expect(decide(service({ annotations: { 'skupper.io/expose': 'false' } }), policies)).toMatchObject({
      code: 'opted-out',
    })
    expect(exposed(service({ annotations: { 'skupper.io/address': 'mine' } }), policies).address).toBe('mine')
    expect(
      decide(deployment({ ports: [] }), withPolicies(exposurePolicy('p', { kinds: ['Deployment'] }))),
    ).toMatchObject({
      code: 'policy-misses',
    })
  })

  it('of Skupper v1 have the last word', () => {
    const annotations = { 'skupper.io/proxy': 'http' }
    const active = (...policies: ReturnType<typeof clusterPolicy>[]): Policies => ({
      exposure: [],
      cluster: { state: 'active', policies },
    })
    expect(decide(deployment({ annotations }), active())).toMatchObject({
      code: 'denied',
      reason: 'Policy validation error: deployment/web cannot be exposed',
    })
    const resources = clusterPolicy('r', { namespaces: ['shop'], allowedExposedResources: ['deployment/web'] })
    expect(decide(deployment({ annotations }), active(resources))).toMatchObject({
      reason: 'Policy validation error: service web cannot be created',
    })
    const services = clusterPolicy('s', { namespaces: ['*'], allowedServices: ['^w'] })
    expect(decide(deployment({ annotations }), active(resources, services)).outcome).toBe('exposed')
    const unreadable: Policies = { exposure: [], cluster: { state: 'unreadable', why: 'no right to list' } }
    expect(decide(deployment({ annotations }), unreadable)).toMatchObject({
      code: 'denied',
      reason: expect.stringContaining('no right to list') as string,
    })
  })
})

describe('any input', () => {
  const keys = [
    'expose',
    'proxy',
    'address',
    'port',
    'target',
    'headless',
    'service-labels',
    'istio',
    'injected',
    'ingress',
    'tls-cert',
  ]
  const value = fc.oneof(
    fc.constantFrom('true', 'false', 'http', 'tcp', '8080', '80:9090,81', 'a=b', 'auto', '{}', 'Never'),
    fc.string(),
  )
  const annotations = fc.dictionary(fc.constantFrom(...keys.map((key) => `skupper.io/${key}`)), value)

  it('has an answer, the same each time, and an exposure is sound', () => {
    fc.assert(
      fc.property(annotations, fc.constantFrom(deployment, service, statefulSet), (given, make) => {
        const decision = decide(make({ annotations: given }))
        expect(decide(make({ annotations: given }))).toEqual(decision)
        if (decision.outcome !== 'exposed') return
        const { address, ports } = decision.exposure
        expect(address).toMatch(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/)
        expect(new Set(ports.map(({ port }) => port)).size).toBe(ports.length)
        for (const { port, targetPort } of ports) {
          expect(port).toBeGreaterThan(0)
          expect(targetPort).toBeLessThan(65_536)
        }
      }),
    )
  })

  it('that is no Service and no workload is none of ours, and a broken one is named', () => {
    expect(readExposable({ apiVersion: 'batch/v1', kind: 'Job' }, 'x')).toBeUndefined()
    expect(readExposable({ apiVersion: 'v1', kind: 'Deployment' }, 'x')).toBeUndefined()
    for (const odd of [null, 1, 'text', [], { kind: 'Service' }]) expect(readExposable(odd, 'x')).toBeUndefined()
    expect(() => readExposable({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: {} }, 'x')).toThrow(
      expect.objectContaining({ code: 'exposure/unreadable' }),
    )
  })
})
