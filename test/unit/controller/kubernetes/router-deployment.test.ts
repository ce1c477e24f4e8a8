import { expect, test } from 'vitest'
import { routerDeployments } from '../../../../controller/kubernetes/router-deployment.ts'
import { owner } from '../../../support/cluster-objects.ts'

const made = (settings: Record<string, string> = {}, spec = {}, engine = 'built-in') =>
  routerDeployments({ ...owner(settings, spec), engine, image: 'example/skupper:1', booted: 'abc' })

test('a pod fits the restricted Pod Security Standard', () => {
  expect(made()[0]).toMatchObject({
    metadata: { name: 'skupper-router', labels: { application: 'skupper-router' } },
    spec: {
      replicas: 1,
      template: {
        metadata: {
          labels: { application: 'skupper-router' },
          annotations: { 'sidecar.istio.io/inject': 'false' },
        },
        spec: {
          automountServiceAccountToken: false,
          securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
          containers: [
            {
              image: 'example/skupper:1',
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

test('two routers are two Deployments that keep apart where they can', () => {
  for (const deployments of [made({ routers: '2' }), made({}, { ha: true })]) {
    expect(deployments.map(({ metadata }) => metadata.name)).toEqual(['skupper-router', 'skupper-router-2'])
    expect(JSON.stringify(deployments)).toContain('preferredDuringScheduling')
  }
  expect(JSON.stringify(made({ routers: '2', 'disable-anti-affinity': 'true' }))).not.toContain('Affinity')
})

test('the settings of the Site reach the pod', () => {
  const [deployment] = made({
    'router-cpu': '250m',
    'router-memory-limit': '256Mi',
    'router-node-selector': 'disk=ssd',
    'router-tolerations': 'edge:NoSchedule',
    'router-priority-class': 'high',
    'router-pod-antiaffinity': 'app=db',
    labels: 'team=shop',
    'router-pod-annotations': 'note=x=y',
  })
  expect(deployment).toMatchObject({
    metadata: { labels: { team: 'shop' } },
    spec: {
      template: {
        metadata: { labels: { team: 'shop' }, annotations: { note: 'x=y' } },
        spec: {
          nodeSelector: { disk: 'ssd' },
          tolerations: [{ key: 'edge', operator: 'Exists', effect: 'NoSchedule' }],
          priorityClassName: 'high',
          affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{}] } },
          containers: [{ resources: { requests: { cpu: '250m', memory: '96Mi' }, limits: { memory: '256Mi' } } }],
        },
      },
    },
  })
})

test("skupper-router's own image is started as it is, and told where its boot file is", () => {
  const [deployment] = made({}, {}, 'skupper-router')
  expect(deployment).toMatchObject({
    spec: {
      template: {
        spec: {
          containers: [
            {
              env: [
                { name: 'SKUPPER_SITE_ID' },
                { name: 'QDROUTERD_CONF', value: '/etc/skupper-router/skrouterd.json' },
                { name: 'QDROUTERD_CONF_TYPE', value: 'json' },
              ],
              securityContext: { readOnlyRootFilesystem: true },
              volumeMounts: [{ name: 'config' }, { name: 'credentials' }, { mountPath: '/tmp' }],
            },
          ],
          volumes: [{}, {}, { emptyDir: {} }],
        },
      },
    },
  })
  expect(JSON.stringify(deployment)).not.toContain('"args"')
  expect(JSON.stringify(made())).not.toContain('emptyDir')
})
