import type { Pod, Service } from '../../core/kube/library-objects.ts'
import type { Owner } from '../../controller/kubernetes/site-labels.ts'
import { site } from './machine-resources.ts'

/** A pod as Kubernetes reports it. */
export function pod(
  name: string,
  { ip, labels = {}, ready = true }: { ip?: string; labels?: Record<string, string>; ready?: boolean } = {},
): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, uid: `uid-${name}`, labels },
    status: {
      phase: 'Running',
      podIP: ip,
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
    },
  }
}

/** A Service as a user would write it. */
export function userService(
  name: string,
  ports: readonly { port: number; name?: string }[],
  headless = false,
): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { clusterIP: headless ? 'None' : '10.0.0.1', selector: { app: name }, ports: [...ports] },
  }
}

/** A Site in a namespace, with these settings. */
export function owner(settings: Record<string, string> = {}, spec: Partial<Owner['site']['spec']> = {}): Owner {
  return { site: site('east', { settings, ...spec }), namespace: 'shop' }
}
