import { expect, test } from 'vitest'
import { controllerObjects } from '../../../../../plugin/platform/kubernetes/controller-objects.ts'
import { newSite } from '../../../../../plugin/platform/kubernetes/site-plan.ts'

const parts = (...pairs: [string, string][]) => ({
  namespace: 'east',
  site: newSite('east', new Map(pairs)).site,
  image: 'registry.example/skupper:1',
})

test('the ConfigMap names the controller, and everything says whose it is', () => {
  const objects = controllerObjects(parts())
  expect(objects[0]).toMatchObject({ kind: 'ConfigMap', data: { controller: 'east/skupper-site-controller' } })
  for (const { metadata } of objects) {
    expect(metadata.namespace).toBe('east')
    expect(metadata.labels).toMatchObject({ 'app.kubernetes.io/managed-by': 'skupper' })
  }
})

test('rights end at the namespace', () => {
  const kinds = controllerObjects(parts()).map(({ kind }) => kind)
  expect(kinds).toContain('Role')
  expect(kinds.filter((kind) => kind.startsWith('Cluster'))).toEqual([])
})

test('the pod runs under the restricted Pod Security Standard, outside of a mesh', () => {
  const deployment = controllerObjects(parts()).find(({ kind }) => kind === 'Deployment')
  expect(deployment).toMatchObject({
    spec: {
      template: {
        metadata: { labels: { 'sidecar.istio.io/inject': 'false' } },
        spec: {
          securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
          containers: [
            {
              image: 'registry.example/skupper:1',
              args: ['controller', '--platform', 'kubernetes', '--namespace', 'east'],
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ['ALL'] },
              },
            },
          ],
        },
      },
    },
  })
})

test('settings reach the pod', () => {
  const given = parts(
    ['controller-cpu', '1'],
    ['controller-memory-limit', '1Gi'],
    ['controller-node-selector', 'disk=ssd'],
    ['controller-tolerations', 'only:NoSchedule'],
    ['controller-pod-antiaffinity', 'app=noisy'],
    ['controller-pod-annotations', 'a=b'],
    ['labels', 'team=x'],
  )
  const deployment = controllerObjects(given).find(({ kind }) => kind === 'Deployment')
  expect(deployment).toMatchObject({
    metadata: { labels: { team: 'x' } },
    spec: {
      template: {
        metadata: { annotations: { a: 'b' }, labels: { team: 'x' } },
        spec: {
          nodeSelector: { disk: 'ssd' },
          tolerations: [{ key: 'only', operator: 'Exists', effect: 'NoSchedule' }],
          containers: [{ resources: { requests: { cpu: '1', memory: '96Mi' }, limits: { memory: '1Gi' } } }],
        },
      },
    },
  })
  expect(JSON.stringify(deployment)).toContain('podAntiAffinity')
})
