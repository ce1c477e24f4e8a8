import { expect, test } from 'vitest'
import { routerAddressType } from '../../../../../router/management/entities/router-address.ts'

test('an address shows who takes its messages', () => {
  const view = {
    key: 'Mweb:80',
    treatment: 3,
    subscriberCount: 1,
    remoteHostRouters: ['b', 'c'],
    outstanding: 4,
    counts: { ingress: 5, egress: 6, transit: 7 },
  } as const
  expect(routerAddressType({ addresses: () => [view] }).list()).toEqual([
    {
      name: 'Mweb:80',
      identity: 'Mweb:80',
      key: 'Mweb:80',
      distribution: 'balanced',
      subscriberCount: 1,
      remoteCount: 2,
      remoteHostRouters: ['b', 'c'],
      transitOutstanding: 4,
      deliveriesIngress: 5,
      deliveriesEgress: 6,
      deliveriesTransit: 7,
      priority: -1,
    },
  ])
})
