import type { KubeObject } from '../../core/kube/kube-object.ts'
import { ROUTER_ACCOUNT } from '../../core/kube/site-rbac.ts'
import { parseLabels } from '../../core/model/labels.ts'
import { settingOf } from '../../core/model/settings.ts'
import type { Site } from '../../core/model/site.ts'
import { parseTolerations } from '../../core/model/tolerations.ts'
import { BUILT_IN } from '../../router/config/engine-capabilities.ts'
import { HEALTH_PORT, MANAGEMENT_PORT, TOKEN_PORT } from './cluster-ports.ts'
import { routerGroups, spreads } from './router-groups.ts'
import { annotationsOf, GROUP_LABEL, owned, ROUTER_LABELS, type Owner } from './site-labels.ts'

export const ROUTER_CONFIG = 'skupper-router'
export const ROUTER_CREDENTIALS = 'skupper-router-credentials'
const BOOT_FILE = 'skrouterd.json'
export const CREDENTIALS_PATH = '/etc/skupper-router-certs'
const CONFIG_PATH = '/etc/skupper-router'
const BOOTED_ANNOTATION = 'internal.skupper.io/boot'
/** User node of the image. */
const USER = 1_000
/** Where the image of skupper-router puts its boot file once the host's name is filled in. */
const SCRATCH = 'scratch'
/**
 * A router that ends still takes clients for so long: until no node sends it any, and where it is the only one, until the
 * next one is ready.
 */
const LEAVE_SECONDS = 5
/** Then it gives its connections 10 s, and may still close links. */
const GRACE_SECONDS = LEAVE_SECONDS + 20
const HOST_TOPOLOGY = 'kubernetes.io/hostname'

export interface RouterDeploymentFacts extends Owner {
  readonly engine: string
  readonly image: string
  /** Hash of what a router reads at its start only: where it changes, routers are made anew. */
  readonly booted: string
}

/** A Deployment of one replica for each router, fit for the restricted Pod Security Standard. */
export function routerDeployments(facts: RouterDeploymentFacts): KubeObject[] {
  return routerGroups(facts.site).map((group) => {
    const labels = { ...ROUTER_LABELS, 'app.kubernetes.io/name': 'skupper-router', [GROUP_LABEL]: group }
    return owned(
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: group, labels },
        spec: {
          replicas: 1,
          revisionHistoryLimit: 2,
          selector: { matchLabels: { ...ROUTER_LABELS, [GROUP_LABEL]: group } },
          // The next router is ready before the last one drains.
          strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
          template: { metadata: podMetadata(labels, facts), spec: podSpec(facts, group) },
        },
      },
      facts,
    )
  })
}

/** Where the ConfigMap has the boot file of a router. */
export function bootKey(group: string): string {
  return group === ROUTER_CONFIG ? BOOT_FILE : `${group}.json`
}

function podMetadata(labels: Record<string, string>, { site, booted }: RouterDeploymentFacts) {
  return {
    labels: { ...parseLabels(settingOf(site, 'labels')), ...labels, 'app.kubernetes.io/part-of': 'skupper' },
    annotations: {
      'prometheus.io/scrape': 'true',
      'prometheus.io/port': String(HEALTH_PORT),
      'sidecar.istio.io/inject': 'false',
      ...annotationsOf(settingOf(site, 'annotations')),
      ...annotationsOf(settingOf(site, 'router-pod-annotations')),
      [BOOTED_ANNOTATION]: booted,
    },
  }
}

function podSpec(facts: RouterDeploymentFacts, group: string) {
  const { site } = facts
  const nodeSelector = parseLabels(settingOf(site, 'router-node-selector'))
  const tolerations = parseTolerations(settingOf(site, 'router-tolerations'))
  const priorityClassName = settingOf(site, 'router-priority-class')
  const affinity = affinityOf(site)
  return {
    serviceAccountName: site.spec.serviceAccount ?? ROUTER_ACCOUNT,
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: GRACE_SECONDS,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: USER,
      runAsGroup: USER,
      fsGroup: USER,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [container(facts)],
    volumes: [
      { name: 'config', configMap: { name: ROUTER_CONFIG, items: [{ key: bootKey(group), path: BOOT_FILE }] } },
      { name: 'credentials', secret: { secretName: ROUTER_CREDENTIALS } },
      ...(isOurs(facts) ? [] : [{ name: SCRATCH, emptyDir: { sizeLimit: '1Mi' } }]),
    ],
    ...(nodeSelector === undefined ? {} : { nodeSelector }),
    ...(tolerations === undefined ? {} : { tolerations }),
    ...(priorityClassName === '' ? {} : { priorityClassName }),
    ...(affinity === undefined ? {} : { affinity }),
  }
}

function container(facts: RouterDeploymentFacts) {
  const { site, image } = facts
  const health = probe('/healthz')
  return {
    name: 'router',
    image,
    ...(isOurs(facts)
      ? { args: ['router', '--config', `${CONFIG_PATH}/${BOOT_FILE}`, '--leave-seconds', String(LEAVE_SECONDS)] }
      : LEAVES_LATE),
    env: [
      { name: 'SKUPPER_SITE_ID', value: site.metadata.uid ?? '' },
      ...(isOurs(facts)
        ? []
        : [
            { name: 'QDROUTERD_CONF', value: `${CONFIG_PATH}/${BOOT_FILE}` },
            { name: 'QDROUTERD_CONF_TYPE', value: 'json' },
          ]),
    ],
    ports: [
      { name: 'amqps', containerPort: MANAGEMENT_PORT },
      { name: 'http', containerPort: HEALTH_PORT },
      { name: 'inter-router', containerPort: 55_671 },
      { name: 'edge', containerPort: 45_671 },
      { name: 'tokens', containerPort: TOKEN_PORT },
    ],
    resources: resourcesOf(site),
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    startupProbe: { ...health, periodSeconds: 1, failureThreshold: 60 },
    livenessProbe: { ...health, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
    readinessProbe: {
      ...probe(isOurs(facts) ? '/readyz' : '/healthz'),
      periodSeconds: 1,
      timeoutSeconds: 2,
      failureThreshold: 2,
    },
    volumeMounts: [
      { name: 'config', mountPath: CONFIG_PATH, readOnly: true },
      { name: 'credentials', mountPath: CREDENTIALS_PATH, readOnly: true },
      ...(isOurs(facts) ? [] : [{ name: SCRATCH, mountPath: '/tmp' }]),
    ],
  }
}

/** The image of skupper-router starts it by itself, with the boot file filled in by the pod's environment. */
function isOurs({ engine }: RouterDeploymentFacts): boolean {
  return engine === BUILT_IN.engine
}

/** Other engines close their ports at once when they are told to end: they are told when nobody is sent there. */
const LEAVES_LATE = { lifecycle: { preStop: { exec: { command: ['sleep', String(LEAVE_SECONDS)] } } } }

function probe(path: string) {
  return { httpGet: { path, port: HEALTH_PORT } }
}

function resourcesOf(site: Site) {
  const requests = quantities(settingOf(site, 'router-cpu'), settingOf(site, 'router-memory'))
  const limits = quantities(settingOf(site, 'router-cpu-limit'), settingOf(site, 'router-memory-limit'))
  return { requests, ...(Object.keys(limits).length === 0 ? {} : { limits }) }
}

function quantities(cpu: string, memory: string): Record<string, string> {
  return { ...(cpu === '' ? {} : { cpu }), ...(memory === '' ? {} : { memory }) }
}

function affinityOf(site: Site) {
  const near = parseLabels(settingOf(site, 'router-pod-affinity'))
  const far = parseLabels(settingOf(site, 'router-pod-antiaffinity'))
  const apart = spreads(site) ? { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [APART] } } : {}
  if (near === undefined && far === undefined && !('podAntiAffinity' in apart)) return undefined
  const required = (labels: Record<string, string>) => ({
    requiredDuringSchedulingIgnoredDuringExecution: [
      { labelSelector: { matchLabels: labels }, topologyKey: HOST_TOPOLOGY },
    ],
  })
  return {
    ...(near === undefined ? {} : { podAffinity: required({ ...near }) }),
    ...(far === undefined ? apart : { podAntiAffinity: { ...apart.podAntiAffinity, ...required({ ...far }) } }),
  }
}

/** Soft: where there is one node only, all routers run there. */
const APART = {
  weight: 100,
  podAffinityTerm: { labelSelector: { matchLabels: ROUTER_LABELS }, topologyKey: HOST_TOPOLOGY },
}
