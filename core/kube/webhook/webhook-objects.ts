import type { KubeObject } from '../kube-object.ts'
import { exposurePolicyCrd } from './policy-crds.ts'
import { WEBHOOK, WEBHOOK_HEALTH_PORT, WEBHOOK_PORT, webhookHosts } from './webhook-name.ts'
import { webhookConfigurations } from './webhook-configurations.ts'
import { webhookRbac } from './webhook-rbac.ts'

const CERT_MANAGER_SECRET = 'skupper-webhook-supplied'
/** A replica that is told to end answers this long on: until no API server asks it any more. */
const GRACE_SECONDS = 30

export interface InstallOptions {
  readonly namespace: string
  readonly image: string
  readonly replicas: number
  /** Whether cert-manager makes the certificates. */
  readonly certManager: boolean
  /** Where the webhook answers, if it runs outside the cluster: then nothing is made to run it there. */
  readonly url?: string | undefined
}

/** Everything that `webhook install` makes, in the order in which it is applied; the manifests are written from it. */
export function webhookObjects(options: InstallOptions): KubeObject[] {
  const { namespace, certManager, url } = options
  const certificate = certManager ? { certManager: `${namespace}/${WEBHOOK}` } : {}
  const objects = [
    exposurePolicyCrd(),
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    ...webhookRbac(namespace),
    ...(certManager ? certManagerObjects(namespace) : []),
    ...(url === undefined ? [deployment(options), service(namespace), disruptionBudget(namespace)] : []),
    ...webhookConfigurations({ namespace, url, policies: [], ...certificate }),
  ]
  return objects.map(labelled)
}

function labelled(object: KubeObject): KubeObject {
  const labels = { 'app.kubernetes.io/part-of': 'skupper', 'app.kubernetes.io/managed-by': 'skupper' }
  return { ...object, metadata: { ...object.metadata, labels: { ...object.metadata.labels, ...labels } } }
}

const SELECTOR = { 'app.kubernetes.io/name': WEBHOOK }

function deployment({ namespace, image, replicas, certManager }: InstallOptions): KubeObject {
  const args = ['webhook-server', '--namespace', namespace]
  const container = {
    name: 'webhook',
    image,
    args: certManager ? [...args, '--certificate-secret', CERT_MANAGER_SECRET] : args,
    ports: [
      { name: 'https', containerPort: WEBHOOK_PORT },
      { name: 'health', containerPort: WEBHOOK_HEALTH_PORT },
    ],
    readinessProbe: { httpGet: { path: '/readyz', port: 'health' }, periodSeconds: 2 },
    livenessProbe: { httpGet: { path: '/healthz', port: 'health' }, periodSeconds: 10 },
    resources: { requests: { cpu: '50m', memory: '96Mi' }, limits: { memory: '256Mi' } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
  }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: WEBHOOK, namespace },
    spec: {
      replicas,
      selector: { matchLabels: SELECTOR },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: {
        metadata: {
          labels: { ...SELECTOR, 'app.kubernetes.io/part-of': 'skupper', 'sidecar.istio.io/inject': 'false' },
          annotations: { 'sidecar.istio.io/inject': 'false' },
        },
        spec: {
          serviceAccountName: WEBHOOK,
          terminationGracePeriodSeconds: GRACE_SECONDS,
          securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
          affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [apart()] } },
          containers: [container],
        },
      },
    },
  }
}

function apart(): object {
  const podAffinityTerm = { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: SELECTOR } }
  return { weight: 100, podAffinityTerm }
}

function service(namespace: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: WEBHOOK, namespace },
    spec: { selector: SELECTOR, ports: [{ name: 'https', port: 443, targetPort: 'https' }] },
  }
}

function disruptionBudget(namespace: string): KubeObject {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: WEBHOOK, namespace },
    spec: { maxUnavailable: 1, selector: { matchLabels: SELECTOR } },
  }
}

function certManagerObjects(namespace: string): KubeObject[] {
  const apiVersion = 'cert-manager.io/v1'
  const metadata = { name: WEBHOOK, namespace }
  const issuerRef = { name: WEBHOOK, kind: 'Issuer' }
  const spec = { secretName: CERT_MANAGER_SECRET, dnsNames: webhookHosts(namespace), issuerRef }
  return [
    { apiVersion, kind: 'Issuer', metadata, spec: { selfSigned: {} } },
    { apiVersion, kind: 'Certificate', metadata, spec },
  ]
}
