import { describe, expect, it } from 'vitest'
import { isServicePermitted, permittedResources } from '../../../../controller/exposure/permitted-resources.ts'
import { UNRESTRICTED, type SitePolicies } from '../../../../core/model/policy/resource-refusal.ts'
import type { SiteResources } from '../../../../controller/site/site-resources.ts'
import { parseResourceOf } from '../../../../core/model/resource.ts'
import { clusterPolicy, SHOP } from '../../../support/exposable.ts'

const apiVersion = 'skupper.io/v2alpha1'
const resources: SiteResources = {
  site: parseResourceOf('Site', { apiVersion, kind: 'Site', metadata: { name: 's' }, spec: {} }),
  surplus: [],
  secrets: [],
  accesses: [
    parseResourceOf('RouterAccess', {
      ...{ apiVersion, kind: 'RouterAccess', metadata: { name: 'r' } },
      spec: { roles: [{ name: 'inter-router' }, { name: 'normal' }], tlsCredentials: 't' },
    }),
  ],
  links: [
    parseResourceOf('Link', {
      ...{ apiVersion, kind: 'Link', metadata: { name: 'l' } },
      spec: {
        endpoints: [
          { name: 'inter-router', host: '10.0.0.1', port: '55671' },
          { name: 'inter-router', host: 'b', port: '1' },
        ],
      },
    }),
  ],
  multiKeyListeners: [],
  listeners: [
    parseResourceOf('Listener', {
      ...{ apiVersion, kind: 'Listener', metadata: { name: 'web' } },
      spec: { routingKey: 'web:80', host: 'web', port: 80 },
    }),
  ],
  connectors: [
    parseResourceOf('Connector', {
      apiVersion,
      kind: 'Connector',
      metadata: { name: 'web', annotations: { 'internal.skupper.io/target': 'deployment/web' } },
      spec: { routingKey: 'web:80', selector: 'app=web', port: 80 },
    }),
  ],
}

const active = (...policies: ReturnType<typeof clusterPolicy>[]): SitePolicies => ({
  rules: { state: 'active', policies },
  namespace: SHOP,
})
const all = { namespaces: ['*'] }

it('permits everything where the cluster has no such policies', () => {
  expect(permittedResources(resources, UNRESTRICTED)).toEqual({ resources, notes: [] })
})

it('denies everything without a policy, in the words of v1', () => {
  const { resources: left, notes } = permittedResources(resources, active())
  expect(left).toMatchObject({ links: [], listeners: [], connectors: [] })
  expect(left.accesses[0]?.spec.roles).toEqual([{ name: 'normal' }])
  expect(notes.map(({ kind, message }) => `${kind}: ${message}`)).toEqual([
    'Link: Policy validation error: outgoing link to 10.0.0.1 is not allowed',
    'Listener: Policy validation error: service web cannot be created',
    'Connector: Policy validation error: deployment/web cannot be exposed',
  ])
})

describe('what policies allow', () => {
  it('incoming links', () => {
    const { resources: left } = permittedResources(
      resources,
      active(clusterPolicy('p', { ...all, allowIncomingLinks: true })),
    )
    expect(left.accesses).toEqual(resources.accesses)
  })

  it('links, by each of their endpoints', () => {
    const policies = active(clusterPolicy('p', { ...all, allowedOutgoingLinksHostnames: ['^10[.]'] }))
    const [link] = permittedResources(resources, policies).resources.links
    expect(link?.spec.endpoints.map(({ host }) => host)).toEqual(['10.0.0.1'])
  })

  it('services and resources, each by its own list', () => {
    const services = active(clusterPolicy('p', { ...all, allowedServices: ['web'] }))
    expect(permittedResources(resources, services).resources).toMatchObject({
      listeners: resources.listeners,
      connectors: [],
    })
    const both = active(
      clusterPolicy('p', { ...all, allowedServices: ['web'], allowedExposedResources: ['deployment/web'] }),
    )
    expect(permittedResources(resources, both).resources.connectors).toEqual(resources.connectors)
    expect(isServicePermitted('web:80', both)).toBe(true)
    expect(isServicePermitted('db:80', both)).toBe(false)
  })

  it('a connector that somebody wrote only by its own name', () => {
    const [connector] = resources.connectors
    if (connector === undefined) throw new Error('no connector')
    const plain = { ...resources, connectors: [{ ...connector, metadata: { name: 'mine' } }] }
    const policies = active(
      clusterPolicy('p', { ...all, allowedServices: ['*'], allowedExposedResources: ['connector/mine'] }),
    )
    expect(permittedResources(plain, policies).resources.connectors).toHaveLength(1)
  })
})
