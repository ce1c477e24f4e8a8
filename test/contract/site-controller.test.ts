import { describe, expect, test } from 'vitest'
import type { KubeClient } from '../../core/kube/kube-client.ts'
import type { KubeObject, ResourceType } from '../../core/kube/kube-object.ts'
import {
  CUSTOM_RESOURCE_DEFINITION,
  DEPLOYMENT,
  HTTP_PROXY,
  INGRESS,
  MODEL_TYPES,
  NETWORK_POLICY,
  ROUTE,
  SECRET,
  SERVICE,
  TLS_ROUTE,
} from '../../core/kube/resource-types.ts'
import { SITE_RULES } from '../../core/kube/site-rbac.ts'
import { controlledSite, siteObject } from '../support/controlled-site.ts'
import { eventually } from '../support/eventually.ts'
import { clusterClient, KUBECONFIG, serverAddress } from '../support/kube-cluster.ts'
import { tcpProxy } from '../support/tcp-proxy.ts'

const DEADLINE = { deadlineMs: 60_000 }
const TEST_MS = 180_000

/** Kinds of software that is not in the test clusters: what is made of them is what counts. */
const FOREIGN = [
  [ROUTE, 'routes'],
  [HTTP_PROXY, 'httpproxies'],
  [TLS_ROUTE, 'tlsroutes'],
] as const

async function installForeign(admin: KubeClient): Promise<void> {
  for (const [type, plural] of FOREIGN) await admin.apply(anyShape(type, plural))
  await eventually(async () => {
    const served = await Promise.all(FOREIGN.map(([type]) => admin.serves(type)))
    return served.every(Boolean)
  }, DEADLINE)
}

function anyShape({ apiVersion, kind }: ResourceType, plural: string): KubeObject {
  const [group = '', version = ''] = apiVersion.split('/')
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } }
  return {
    apiVersion: CUSTOM_RESOURCE_DEFINITION.apiVersion,
    kind: CUSTOM_RESOURCE_DEFINITION.kind,
    metadata: {
      name: `${plural}.${group}`,
      annotations: { 'api-approved.kubernetes.io': 'unapproved, for tests' },
    },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural },
      versions: [{ name: version, served: true, storage: true, schema }],
    },
  }
}

type HostOf = (port: string) => string

const PORTS = [
  ['inter-router', 55_671],
  ['edge', 45_671],
  ['claims', 8081],
] as const
const NGINX = {
  'nginx.ingress.kubernetes.io/ssl-passthrough': 'true',
  'nginx.ingress.kubernetes.io/ssl-redirect': 'true',
  mine: 'yes',
}

function ingressTo(host: HostOf, linkAccess: string): object[] {
  const rules = PORTS.map(([name, number]) => {
    const backend = { service: { name: 'skupper-router', port: { number } } }
    return { host: host(name), http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }
  })
  return [{ ...(linkAccess === 'ingress' ? {} : { ingressClassName: 'nginx' }), rules }]
}

/** What leads TLS to the ports of the Service `skupper-router`, unbroken, by the name that is asked for. */
const WAYS = {
  ingress: { type: INGRESS, annotations: { mine: 'yes' }, of: ingressTo },
  'ingress-nginx': { type: INGRESS, annotations: NGINX, of: ingressTo },
  'nginx-ingress-v1': { type: INGRESS, annotations: NGINX, of: ingressTo },
  'contour-http-proxy': {
    type: HTTP_PROXY,
    annotations: undefined,
    of: (host: HostOf) =>
      PORTS.map(([name, port]) => ({
        virtualhost: { fqdn: host(name), tls: { passthrough: true } },
        tcpproxy: { services: [{ name: 'skupper-router', port }] },
      })),
  },
  route: {
    type: ROUTE,
    annotations: undefined,
    of: (host: HostOf) =>
      PORTS.map(([name]) => ({
        host: host(name),
        port: { targetPort: name },
        tls: { termination: 'passthrough', insecureEdgeTerminationPolicy: 'None' },
        to: { kind: 'Service', name: 'skupper-router' },
      })),
  },
  gateway: {
    type: TLS_ROUTE,
    annotations: undefined,
    of: (host: HostOf) =>
      PORTS.map(([name, port]) => ({
        parentRefs: [{ name: 'shared' }],
        hostnames: [host(name)],
        rules: [{ backendRefs: [{ name: 'skupper-router', port }] }],
      })),
  },
} as const

describe.skipIf(KUBECONFIG === undefined)('a way in', () => {
  test.each(Object.keys(WAYS) as (keyof typeof WAYS)[])(
    'of type %s is made of its objects, and goes with them',
    async (linkAccess) => {
      const { type, annotations, of } = WAYS[linkAccess]
      await installForeign(await clusterClient())
      const settings = { 'ingress-host': 'example.com', gateway: 'shared', 'ingress-annotations': 'mine=yes' }
      const { admin, condition, namespace } = await controlledSite({ spec: { linkAccess, settings } })
      await eventually(async () => {
        const made = await admin.list<KubeObject>(type)
        const wanted = of((name) => `${name}.${namespace}.example.com`, linkAccess)
        expect(made.map(({ spec }) => spec)).toEqual(
          expect.arrayContaining(wanted.map((spec) => expect.objectContaining(spec) as unknown)),
        )
        expect(made).toHaveLength(wanted.length)
        if (annotations !== undefined) expect(made[0]?.metadata.annotations).toMatchObject(annotations)
        expect((await admin.get(SERVICE, 'skupper-router'))?.spec?.type).toBe('ClusterIP')
        expect(await condition('Configured')).toBe('True OK')
        return true
      }, DEADLINE)
      await admin.delete(MODEL_TYPES.Site, 'here')
      await eventually(async () => (await admin.list<KubeObject>(type)).length === 0, DEADLINE)
    },
    TEST_MS,
  )

  test('by ports of the nodes says where', { timeout: TEST_MS }, async () => {
    const spec = { linkAccess: 'nodeport', settings: { 'ingress-host': 'node.example.com' } }
    const { admin, resources } = await controlledSite({ spec })
    const nodePorts = async () => {
      const service = await admin.get(SERVICE, 'skupper-router')
      expect(service?.spec?.type).toBe('NodePort')
      return (service?.spec?.ports ?? []).slice(0, 2).map(({ nodePort }) => `node.example.com:${String(nodePort)}`)
    }
    await eventually(async () => {
      const access = await resources.get('RouterAccess', 'skupper-router')
      const found = access?.status?.endpoints?.map(({ host, port }) => `${host}:${port}`)
      expect(found).toEqual(await nodePorts())
      return true
    }, DEADLINE)
  })
})

describe.skipIf(KUBECONFIG === undefined)('a site', () => {
  test('lets in what is needed and no more where it makes policies', { timeout: TEST_MS }, async () => {
    const { admin } = await controlledSite({ spec: { settings: { 'create-network-policy': 'true' } } })
    await eventually(async () => {
      const made = await admin.list(NETWORK_POLICY)
      expect(made.map(({ metadata }) => metadata.name)).toEqual(['skupper-router', 'skupper-site-controller'])
      return true
    }, DEADLINE)
  })

  test('is one in a namespace: another is told so and changes nothing', { timeout: TEST_MS }, async () => {
    const { admin, resources, namespace, condition } = await controlledSite()
    await eventually(async () => (await condition('Configured')) === 'True OK', DEADLINE)
    await admin.create(siteObject('other', { namespace }))
    await eventually(async () => {
      expect((await resources.get('Site', 'other'))?.status?.message).toBe(
        'An active site already exists in the namespace (here)',
      )
      return true
    }, DEADLINE)
    expect(await condition('Configured')).toBe('True OK')
  })

  test('whose controller may not do something says what', { timeout: TEST_MS }, async () => {
    const rules = SITE_RULES.map((rule) =>
      rule.resources.includes('poddisruptionbudgets') || rule.resources.includes('deployments')
        ? { ...rule, verbs: ['get', 'list', 'watch'] }
        : rule,
    )
    const { admin, condition } = await controlledSite({ rules })
    await eventually(async () => {
      expect(await condition('Configured')).toContain('patch deployments.apps in namespace')
      expect(await admin.get(SERVICE, 'skupper-router-local')).toBeDefined()
      return true
    }, DEADLINE)
  })

  test('is as it should be again after what it is made of was removed or edited', { timeout: TEST_MS }, async () => {
    const { admin } = await controlledSite({ spec: { linkAccess: 'local' } })
    const there = async () => {
      expect(await admin.get(DEPLOYMENT, 'skupper-router')).toBeDefined()
      expect(await admin.get(SECRET, 'skupper-router-credentials')).toBeDefined()
      expect((await admin.get(SERVICE, 'skupper-router-local'))?.spec?.ports?.[0]?.port).toBe(5671)
      expect(await admin.get(SECRET, 'skupper-site-server')).toBeDefined()
      return true
    }
    await eventually(there, DEADLINE)
    const before = (await admin.get(SECRET, 'skupper-site-ca'))?.data
    await admin.delete(SECRET, 'skupper-site-server')
    await admin.delete(SECRET, 'skupper-router-credentials')
    await admin.delete(DEPLOYMENT, 'skupper-router')
    const ports = [{ name: 'amqps', port: 1, targetPort: 1 }]
    await admin.patch(SERVICE, { name: 'skupper-router-local' }, { spec: { ports } })
    await eventually(there, DEADLINE)
    expect((await admin.get(SECRET, 'skupper-site-ca'))?.data).toEqual(before)
  })

  test('is kept on when the API server was away', { timeout: TEST_MS }, async () => {
    const proxy = await tcpProxy(await serverAddress())
    const server = `https://127.0.0.1:${String(proxy.port)}`
    const { admin, namespace } = await controlledSite({ server })
    await eventually(async () => (await admin.get(DEPLOYMENT, 'skupper-router')) !== undefined, DEADLINE)
    await proxy.cut()
    await admin.create(listener(namespace))
    await admin.delete(DEPLOYMENT, 'skupper-router')
    await proxy.restore()
    await eventually(async () => {
      expect(await admin.get(DEPLOYMENT, 'skupper-router')).toBeDefined()
      expect(await admin.get(SERVICE, 'web')).toBeDefined()
      return true
    }, DEADLINE)
  })
})

const listener = (namespace: string): KubeObject => ({
  apiVersion: 'skupper.io/v2alpha1',
  kind: 'Listener',
  metadata: { name: 'web', namespace },
  spec: { routingKey: 'web', host: 'web', port: 80 },
})
