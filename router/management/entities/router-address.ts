import type { AddressView } from '../../mesh/forward/address-table.ts'
import { TREATMENT } from '../../mesh/treatments.ts'
import type { EntityType } from '../entity-type.ts'

const DISTRIBUTIONS = new Map<number, string>(Object.entries(TREATMENT).map(([name, code]) => [code, name]))

/** Those of skupper-router, whose tools ask for them; those of functions that only it has are not set. */
const ATTRIBUTES = [
  'key',
  'distribution',
  'inProcess',
  'subscriberCount',
  'remoteCount',
  'remoteHostRouters',
  'deliveriesIngress',
  'deliveriesEgress',
  'deliveriesTransit',
  'deliveriesToContainer',
  'deliveriesFromContainer',
  'transitOutstanding',
  'trackedDeliveries',
  'priority',
  'watch',
]

const NO_PRIORITY = -1

/** Addresses that the router knows because somebody here or elsewhere takes their messages. */
export function routerAddressType(mesh: { addresses(): readonly AddressView[] }): EntityType {
  return {
    type: 'io.skupper.router.router.address',
    attributes: ATTRIBUTES,
    list: () =>
      mesh.addresses().map(({ key, treatment, subscriberCount, remoteHostRouters, outstanding, counts }) => ({
        name: key,
        identity: key,
        ...{ key, subscriberCount, remoteHostRouters },
        distribution: DISTRIBUTIONS.get(treatment),
        remoteCount: remoteHostRouters.length,
        transitOutstanding: outstanding,
        deliveriesIngress: counts.ingress,
        deliveriesEgress: counts.egress,
        deliveriesTransit: counts.transit,
        // No address has a priority of its own.
        priority: NO_PRIORITY,
      })),
  }
}
