import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'
import { SkupperError } from '../../../../core/model/error.ts'
import { isKnownKind, parseResource, parseResourceOf, RESOURCE_SCHEMAS } from '../../../../core/model/resource.ts'

const parseYaml = (text: string) => parseAllDocuments(text).map((document) => parseResource(document.toJS()))
const resource = (kind: string, spec: unknown, more: object = {}) => ({
  apiVersion: 'skupper.io/v2alpha1',
  kind,
  metadata: { name: 'a' },
  spec,
  ...more,
})
const connector = { routingKey: 'a', port: 80, host: 'h' }
const listener = { routingKey: 'a', host: 'a', port: 80 }
const link = { endpoints: [{ name: 'inter-router', host: 'h', port: '55671' }], tlsCredentials: 'c' }

/** As Skupper v2's commands print it and kubectl shows it. */
const V2 = `
apiVersion: skupper.io/v2alpha1
kind: Site
metadata:
  name: west
  creationTimestamp: null
status: {}
---
apiVersion: skupper.io/v2alpha1
kind: Site
metadata:
  creationTimestamp: "2026-11-23T01:56:01Z"
  generation: 1
  managedFields: [{manager: kubectl}]
  name: west
  namespace: r2
  resourceVersion: "1616"
  uid: 5a0c8f0e-42b0-4d6e-9df2-111111111111
spec:
  linkAccess: loadbalancer
  ha: true
  defaultIssuer: skupper-site-ca
  serviceAccount: router
  settings:
    router-logging: "ROUTER_CORE:debug"
    size: medium
    unheard-of: "1"
status:
  conditions:
  - {lastTransitionTime: "2026-11-23T01:56:06Z", message: OK, observedGeneration: 1, reason: Ready, status: "True", type: Running}
  controller: {name: c, namespace: skupper, version: 2.2-80b1ba6d}
  defaultIssuer: skupper-site-ca
  endpoints: [{group: skupper-router, host: 10.0.0.1, name: edge, port: "45671"}]
  network: [{id: x, name: west, links: [{name: l, operational: true}], services: [{routingKey: backend, connectors: [10.1.1.1]}]}]
  sitesInNetwork: 2
  newField: of a later version
  status: Ready
---
apiVersion: skupper.io/v2alpha1
kind: Listener
metadata: {name: backend}
spec: {routingKey: backend, host: backend, port: 8080, type: tcp, tlsCredentials: t, observer: http1, exposePodsByName: true}
---
apiVersion: skupper.io/v2alpha1
kind: Connector
metadata: {name: backend, labels: {app: x}, annotations: {note: "any text: at all"}}
spec: {routingKey: backend, port: 8080, selector: "app=backend,tier=api", includeNotReadyPods: true, useClientCert: true, verifyHostname: false}
---
apiVersion: skupper.io/v2alpha1
kind: Link
metadata: {name: link-west-skupper-router}
spec:
  cost: 1
  endpoints:
  - {group: skupper-router, host: 10.80.0.111, name: edge, port: "45671"}
  - {group: skupper-router, host: "fd00::1", name: inter-router, port: "55671"}
  tlsCredentials: link-west
---
apiVersion: skupper.io/v2alpha1
kind: AccessGrant
metadata: {name: g}
spec: {redemptionsAllowed: 0, expirationWindow: 1h15m, code: abc, issuer: skupper-site-ca}
---
apiVersion: skupper.io/v2alpha1
kind: AccessToken
metadata: {name: west-a9393e26-c655-4e76-8e8f-a1f84ff11912}
spec:
  ca: |
    -----BEGIN CERTIFICATE-----
    MIID
    -----END CERTIFICATE-----
  code: abcdefghijklmnopqrstuvwx
  linkCost: 1
  url: https://10.80.0.110:9090/71ae9726-70f0-417a-82d4-85b04ea21765
---
apiVersion: skupper.io/v2alpha1
kind: RouterAccess
metadata: {name: skupper-router}
spec:
  roles: [{name: inter-router, port: 55671}, {name: edge}]
  tlsCredentials: skupper-site-server
  generateTlsCredentials: true
  issuer: skupper-site-ca
  accessType: local
  bindHost: 0.0.0.0
  subjectAlternativeNames: [localhost, "127.0.0.1", "::1"]
---
apiVersion: v1
kind: Secret
metadata: {name: link-west}
type: kubernetes.io/tls
data: {ca.crt: TUlJRA==, tls.crt: TUlJRA==, tls.key: TUlJRA==}
`

describe('parseResource', () => {
  it('takes the YAML of Skupper v2 as it is', () => {
    expect(parseYaml(V2).map(({ kind }) => kind)).toEqual([
      'Site',
      'Site',
      'Listener',
      'Connector',
      'Link',
      'AccessGrant',
      'AccessToken',
      'RouterAccess',
      'Secret',
    ])
  })

  it('keeps what others add to metadata and status', () => {
    const [, site] = parseYaml(V2)
    expect(site).toMatchObject({
      metadata: { resourceVersion: '1616', managedFields: [{ manager: 'kubectl' }] },
      spec: { settings: { 'unheard-of': '1' } },
      status: { newField: 'of a later version' },
    })
  })

  it.each([
    ['Listener', { ...listener, prot: 'tcp' }, 'spec.prot'],
    ['Listener', { ...listener, port: '80' }, 'spec.port'],
    ['Listener', { ...listener, port: 0 }, 'spec.port'],
    ['Listener', { ...listener, port: 65_536 }, 'spec.port'],
    ['Listener', { ...listener, host: 'a b' }, 'spec.host'],
    ['Listener', { ...listener, host: undefined }, 'spec.host'],
    ['Listener', { ...listener, type: 'udp' }, 'spec.type'],
    ['Listener', { ...listener, observer: 'all' }, 'spec.observer'],
    ['Listener', { ...listener, routingKey: '$management' }, 'spec.routingKey'],
    ['Listener', { ...listener, routingKey: '_local/x' }, 'spec.routingKey'],
    ['Listener', { ...listener, routingKey: 'mc/x' }, 'spec.routingKey'],
    ['Listener', { ...listener, routingKey: 'a b' }, 'spec.routingKey'],
    ['Listener', { ...listener, settings: { 'protocol-deduced': 'yes' } }, 'spec.settings.protocol-deduced'],
    ['Listener', { ...listener, settings: { any: 1 } }, 'spec.settings.any'],
    ['Listener', undefined, 'spec'],
    ['Connector', { ...connector, selector: 'a=b' }, 'spec'],
    ['Connector', { routingKey: 'a', port: 80 }, 'spec'],
    ['Link', { ...link, endpoints: [] }, 'spec.endpoints'],
    ['Link', { ...link, endpoints: [{ ...link.endpoints[0], port: '70000' }] }, 'spec.endpoints.0.port'],
    ['Link', { ...link, endpoints: [{ ...link.endpoints[0], name: 'normal' }] }, 'spec.endpoints.0.name'],
    ['Link', { ...link, cost: -1 }, 'spec.cost'],
    ['Link', { ...link, cost: 2 ** 31 }, 'spec.cost'],
    ['Link', { ...link, tlsCredentials: '../../etc' }, 'spec.tlsCredentials'],
    ['AccessGrant', { expirationWindow: '15 minutes' }, 'spec.expirationWindow'],
    ['AccessGrant', { redemptionsAllowed: -1 }, 'spec.redemptionsAllowed'],
    ['AccessToken', { url: 'http://a/b', code: 'c', ca: 'c' }, 'spec.url'],
    ['RouterAccess', { roles: [], tlsCredentials: 'a' }, 'spec.roles'],
    ['RouterAccess', { roles: [{ name: 'any' }], tlsCredentials: 'a' }, 'spec.roles.0.name'],
    ['Site', { edge: 'true' }, 'spec.edge'],
    ['Site', { settings: { 'service-sync-labels': 'app' } }, 'spec.settings.service-sync-labels'],
    ['Site', { settings: { 'router-engine': 'rust' } }, 'spec.settings.router-engine'],
    ['Site', { settings: { 'router-data-connection-count': '99' } }, 'spec.settings.router-data-connection-count'],
    ['RemoteSite', { any: 1 }, 'spec.any'],
  ])('refuses a %s with %j by the field', (kind, spec, path) => {
    expect(() => parseResource(resource(kind, spec))).toThrow(
      expect.objectContaining({
        code: 'resource/invalid',
        message: expect.stringContaining(`${kind} a: ${path} `) as string,
      }),
    )
  })

  it.each([
    [resource('Site', {}, { metadata: { name: 'A' } }), 'metadata.name'],
    [resource('Site', {}, { metadata: { name: '../a' } }), 'metadata.name'],
    [resource('Site', {}, { metadata: { name: 'a', namespace: 'a.b' } }), 'metadata.namespace'],
    [resource('Site', {}, { metadata: { name: 'a', labels: { a: 1 } } }), 'metadata.labels.a'],
    [resource('Site', {}, { metadata: undefined }), 'metadata'],
    [resource('Site', {}, { apiVersion: 'skupper.io/v1' }), 'apiVersion'],
    [resource('Site', {}, { specs: {} }), 'specs'],
    [resource('Pod', {}), 'kind'],
    [resource('toString', {}), 'kind'],
    [{}, 'kind'],
    [[], 'kind'],
    ['text', 'kind'],
    [null, 'kind'],
  ])('refuses %j', (value, path) => {
    expect(() => parseResource(value)).toThrow(
      expect.objectContaining({ code: 'resource/invalid', message: expect.stringContaining(`: ${path} `) as string }),
    )
  })

  it('says what is given and what is wanted', () => {
    const wrong = resource('Listener', { ...listener, port: 'http' })
    expect(() => parseResource(wrong)).toThrow('Listener a: spec.port is "http"; wanted an integer from 1 to 65535')
    expect(() => parseResource(wrong)).toThrow(
      expect.objectContaining({ given: 'http', wanted: 'an integer from 1 to 65535' }),
    )
  })

  it('never shows a secret', () => {
    const token = resource('AccessToken', { url: 'https://a', code: { a: 'hidden' }, ca: 'c' })
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' }, data: { a: 'hidden!' } }
    for (const value of [token, secret]) {
      expect(() => parseResource(value)).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining('hidden') as string, given: undefined }),
      )
    }
  })

  it('takes null for absent', () => {
    expect(parseResource(resource('Site', null, { status: null }))).toMatchObject({ spec: {} })
    expect(() => parseResource(resource('Listener', { ...listener, port: null }))).toThrow('spec.port is missing')
  })

  it('answers any value', () => {
    const kinds = fc.constantFrom(...Object.keys(RESOURCE_SCHEMAS))
    fc.assert(
      fc.property(fc.anything(), kinds, (value, kind) => {
        for (const candidate of [value, resource(kind, value), resource(kind, {}, { metadata: value })]) {
          try {
            expect(isKnownKind(parseResource(candidate).kind)).toBe(true)
          } catch (error) {
            expect(error).toBeInstanceOf(SkupperError)
          }
        }
      }),
    )
  })

  it('refuses what is nested without end', () => {
    let value: unknown = 'x'
    for (let level = 0; level < 1000; level += 1) value = [value]
    expect(() => parseResource(value)).toThrow(expect.objectContaining({ code: 'resource/invalid' }))
  })
})

it('parseResourceOf takes one kind only', () => {
  expect(parseResourceOf('Site', resource('Site', {})).spec).toEqual({})
  expect(() => parseResourceOf('Link', resource('Site', {}))).toThrow(
    expect.objectContaining({ code: 'resource/invalid', given: 'Site', wanted: 'Link' }),
  )
})

it.each(Object.entries(RESOURCE_SCHEMAS))('the schema of %s can be written as JSON schema', (_kind, schema) => {
  expect(z.toJSONSchema(schema)).toMatchObject({ type: 'object', additionalProperties: false })
})
