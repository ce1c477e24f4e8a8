import type { KubeObject } from '../../core/kube/kube-object.ts'
import { parseLabels } from '../../core/model/labels.ts'
import { settingOf } from '../../core/model/settings.ts'
import type { Site } from '../../core/model/site.ts'
import { passThroughObjects } from './pass-through.ts'
import { annotationsOf, GROUP_LABEL, owned, ROUTER_LABELS, type Owner } from './site-labels.ts'
import type { WayIn } from './ways-in.ts'

const SERVICE_TYPES: Readonly<Record<string, string>> = { loadbalancer: 'LoadBalancer', nodeport: 'NodePort' }

/** The objects that ways in are made of. */
export function wayInObjects(ways: readonly WayIn[], owner: Owner): KubeObject[] {
  return ways.flatMap((way) => [
    owned(serviceOf(way, owner.site), owner),
    ...passThroughObjects(way, owner).map((object) => owned(object, owner)),
  ])
}

function serviceOf({ type, service, group, ports }: WayIn, site: Site): KubeObject {
  const address = settingOf(site, 'router-load-balancer-ip')
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: service,
      labels: { ...parseLabels(settingOf(site, 'labels')), [GROUP_LABEL]: group },
      annotations: annotationsOf(settingOf(site, 'router-service-annotations')),
    },
    spec: {
      type: SERVICE_TYPES[type] ?? 'ClusterIP',
      // Links come before clients: a router that has just started is linked before it is ready.
      publishNotReadyAddresses: true,
      ...(type === 'loadbalancer' && address !== '' ? { loadBalancerIP: address } : {}),
      selector: { ...ROUTER_LABELS, [GROUP_LABEL]: group },
      ports: ports.map(({ name, port }) => ({ name, port, targetPort: port, protocol: 'TCP' })),
    },
  }
}
