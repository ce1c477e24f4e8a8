import { expect, test } from 'vitest'
import { wayInReach } from '../../../../controller/kubernetes/reach.ts'
import { wayInObjects } from '../../../../controller/kubernetes/way-in-objects.ts'
import { waysIn } from '../../../../controller/kubernetes/ways-in.ts'
import type { KubeObject } from '../../../../core/kube/kube-object.ts'
import { owner } from '../../../support/cluster-objects.ts'
import { routerAccess } from '../../../support/machine-resources.ts'

const HOST = { 'ingress-host': 'apps.example' }
const access = (accessType: string) => routerAccess('skupper-router', { accessType, bindHost: undefined })

function reach(accessType: string, { settings = {}, objects = [] as KubeObject[] } = {}) {
  const made = owner(settings)
  const [way] = waysIn(made.site, [access(accessType)])
  if (way === undefined) throw new Error('no way in')
  return wayInReach(way, made, (kind, name) =>
    objects.find((object) => object.kind === kind && object.metadata.name === name),
  )
}

const service = (fields: object): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'skupper-router' },
  spec: {},
  ...fields,
})

test('a load balancer is dialled at its address, for links and for tokens', () => {
  const objects = [service({ status: { loadBalancer: { ingress: [{ ip: '10.80.0.1' }] } } })]
  expect(reach('loadbalancer', { objects })).toEqual({
    endpoints: [{ name: 'inter-router', host: '10.80.0.1', port: '55671', group: 'skupper-router' }],
    tokens: { host: '10.80.0.1', port: 8081 },
    trouble: undefined,
  })
  expect(reach('loadbalancer').trouble?.reason).toBe('Pending')
})

test('node ports are dialled at the host that the Site names', () => {
  const ports = [
    { name: 'inter-router', nodePort: 30_001 },
    { name: 'claims', nodePort: 30_002 },
  ]
  const objects = [service({ spec: { ports } })]
  expect(reach('nodeport', { objects, settings: HOST })).toMatchObject({
    endpoints: [{ host: 'apps.example', port: '30001' }],
    tokens: { host: 'apps.example', port: 30_002 },
  })
  expect(reach('nodeport', { objects }).trouble?.reason).toBe('Error')
  expect(reach('nodeport', { settings: HOST }).trouble?.reason).toBe('Pending')
})

test.each([
  ['ingress', ['Service', 'Ingress']],
  ['ingress-nginx', ['Service', 'Ingress']],
  ['contour-http-proxy', ['Service', 'HTTPProxy', 'HTTPProxy']],
  ['route', ['Service', 'Route', 'Route']],
  ['gateway', ['Service', 'TLSRoute', 'TLSRoute']],
])('%s passes TLS through by host name', (type, kinds) => {
  const made = owner(HOST)
  expect(wayInObjects(waysIn(made.site, [access(type)]), made).map(({ kind }) => kind)).toEqual(kinds)
  expect(reach(type, { settings: HOST })).toMatchObject({
    endpoints: [{ host: 'inter-router.shop.apps.example', port: '443' }],
    tokens: { host: 'claims.shop.apps.example', port: 443 },
  })
  expect(reach(type).trouble).toBeDefined()
})

test('each router has a way in of its own', () => {
  const made = owner({ routers: '2' })
  const ways = waysIn(made.site, [access('local'), routerAccess('second', { accessType: 'local' })])
  expect(ways.map(({ service: name, ports }) => `${name} ${ports.map((port) => port.name).join()}`)).toEqual([
    'skupper-router inter-router,claims',
    'skupper-router-2 inter-router,claims',
    'second inter-router',
    'second-2 inter-router',
  ])
})

test('what nobody knows is refused in words', () => {
  expect(reach('carrier-pigeon').trouble?.message).toContain('carrier-pigeon')
})
