import { expect, test } from 'vitest'
import { addressObjects, isOurSlice, type AddressFacts } from '../../../../controller/kubernetes/address-services.ts'
import { owned } from '../../../../controller/kubernetes/site-labels.ts'
import { owner, pod, userService } from '../../../support/cluster-objects.ts'
import { listener, multiKeyListener } from '../../../support/machine-resources.ts'

const backend = listener('backend-8080', { host: 'backend', port: 8080 })
const admin = listener('backend-9000', { host: 'backend', port: 9000, routingKey: 'backend:9000' })

function made(changes: Partial<AddressFacts> = {}) {
  return addressObjects({
    ...owner(),
    listeners: [backend, admin],
    ports: new Map([
      ['backend-8080', 1024],
      ['backend-9000', 1025],
    ]),
    services: [],
    routerPods: [pod('router', { ip: '10.1.0.5' })],
    servedElsewhere: new Set(['backend:8080']),
    ...changes,
  })
}

test('listeners with one host share a Service that leads to all routers', () => {
  const { objects, notes } = made()
  expect(notes).toEqual([])
  expect(objects).toMatchObject([
    {
      kind: 'Service',
      metadata: { name: 'backend', namespace: 'shop' },
      spec: {
        type: 'ClusterIP',
        selector: { application: 'skupper-router' },
        ports: [
          { name: 'port8080', port: 8080, targetPort: 1024 },
          { name: 'port9000', port: 9000, targetPort: 1025 },
        ],
      },
    },
  ])
})

test('a Service that an earlier pass made is not mistaken for the user’s', () => {
  const ours = owned(userService('backend', [{ port: 8080 }]), owner())
  expect(made({ services: [ours] }).objects[0]?.kind).toBe('Service')
})

test("beside a user's Service the routers join it, with its port's name, for what is served elsewhere", () => {
  const service = userService('backend', [{ port: 8080, name: 'web' }, { port: 9000 }])
  const { objects, notes } = made({ services: [service] })
  expect(notes).toEqual([])
  expect(objects).toMatchObject([
    {
      kind: 'EndpointSlice',
      metadata: { name: 'backend-skupper', labels: { 'kubernetes.io/service-name': 'backend' } },
      endpoints: [{ addresses: ['10.1.0.5'] }],
      ports: [{ name: 'web', port: 1024 }],
    },
  ])
  expect(objects.every((slice) => isOurSlice({ ...slice, addressType: 'IPv4', endpoints: [] }))).toBe(true)
})

test("a user's Service is left alone while nobody else serves it, while no router is ready, and if it is headless", () => {
  const services = [userService('backend', [{ port: 8080 }, { port: 9000 }])]
  expect(made({ services, servedElsewhere: new Set() }).objects).toEqual([])
  expect(made({ services, routerPods: [pod('router', { ip: '10.1.0.5', ready: false })] }).objects).toEqual([])
  expect(made({ services: [userService('backend', [{ port: 8080 }], true)] }).objects).toEqual([])
})

test('what cannot be is said: a port the user’s Service lacks, two listeners for one port, a host that is no name', () => {
  const services = [userService('backend', [{ port: 8080 }])]
  expect(made({ services }).notes).toMatchObject([{ name: 'backend-9000', reason: 'Error' }])
  const twin = listener('twin', { host: 'backend', port: 8080 })
  const dotted = listener('dotted', { host: 'backend.example.com' })
  const { notes, objects } = made({ listeners: [backend, twin, dotted] })
  expect(notes.map(({ name, reason }) => `${name} ${reason}`)).toEqual(['dotted Error', 'twin Error'])
  expect(objects).toHaveLength(1)
})

test('a MultiKeyListener is reached as a Listener is, and joins a Service while any of its keys is served elsewhere', () => {
  const shop = multiKeyListener('shop', { priority: { routingKeys: ['one', 'two'] } }, { host: 'shop', port: 80 })
  const given = { listeners: [shop], ports: new Map([['multiAddress/shop', 1024]]) }
  expect(made(given).objects).toMatchObject([{ kind: 'Service', spec: { ports: [{ port: 80, targetPort: 1024 }] } }])
  const services = [userService('shop', [{ port: 80, name: 'web' }])]
  expect(made({ ...given, services }).objects).toEqual([])
  const joined = made({ ...given, services, servedElsewhere: new Set(['two']) })
  expect(joined.objects).toMatchObject([{ kind: 'EndpointSlice', ports: [{ name: 'web', port: 1024 }] }])
})
