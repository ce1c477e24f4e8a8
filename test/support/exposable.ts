import type { ExposableObject } from '../../core/model/exposure/exposable-object.ts'
import { readExposable } from '../../core/model/exposure/exposable-object.ts'
import type { Labels } from '../../core/model/labels.ts'
import type { ClusterPolicy } from '../../core/model/policy/cluster-policy.ts'
import type { ExposurePolicy } from '../../core/model/policy/exposure-policy.ts'

/** Objects as `kubectl apply` sends them, for what concerns exposure. */

export interface Annotated {
  name?: string
  annotations?: Labels
  labels?: Labels
}

/** A Deployment with one container; `ports` are its container ports. */
export function deployment({
  name = 'web',
  annotations,
  labels,
  ports = [{ containerPort: 8080 }],
}: Annotated & Ports) {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'shop', ...(labels && { labels }), ...(annotations && { annotations }) },
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name, image: `${name}:v1`, ...(ports.length > 0 && { ports }) }] },
      },
    },
  }
}

export interface Ports {
  ports?: object[]
}

export function statefulSet(parts: Annotated & Ports) {
  const { spec, ...rest } = deployment({ name: 'db', ports: [{ containerPort: 5432, name: 'pg' }], ...parts })
  return { ...rest, kind: 'StatefulSet', spec: { ...spec, serviceName: 'database' } }
}

export function service({
  name = 'web',
  annotations,
  labels,
  ports,
  ...spec
}: Annotated & Ports & Record<string, unknown>) {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'shop', ...(labels && { labels }), ...(annotations && { annotations }) },
    spec: { selector: { app: name }, ports: ports ?? [{ port: 80, targetPort: 8080 }], ...spec },
  }
}

/** The object as exposure sees it. */
export function exposable(value: unknown): ExposableObject {
  const object = readExposable(value, 'shop')
  if (object === undefined) throw new Error('not an exposable object')
  return object
}

export const SHOP = { name: 'shop', labels: { team: 'shop', 'kubernetes.io/metadata.name': 'shop' } }

export function exposurePolicy(name: string, spec: Partial<ExposurePolicy['spec']> = {}): ExposurePolicy {
  return {
    apiVersion: 'skupper.io/v2alpha1',
    kind: 'ExposurePolicy',
    metadata: { name },
    spec: { namespaceSelector: { matchLabels: { team: 'shop' } }, ...spec },
  }
}

export function clusterPolicy(name: string, spec: ClusterPolicy['spec']): ClusterPolicy {
  return { apiVersion: 'skupper.io/v1alpha1', kind: 'SkupperClusterPolicy', metadata: { name }, spec }
}
