import type { KubeObject } from '../../../core/kube/kube-object.ts'
import { ROUTER_ACCOUNT, SITE_CONTROLLER, SITE_RULES } from '../../../core/kube/site-rbac.ts'
import { MANAGED_BY, MANAGED_BY_LABEL } from '../../../core/model/annotation-names.ts'
import { parseLabels, type Labels } from '../../../core/model/labels.ts'
import { settingOf, type SettingKey } from '../../../core/model/settings.ts'
import type { Site } from '../../../core/model/site.ts'
import { parseTolerations } from '../../../core/model/tolerations.ts'

/** The ConfigMap that says which controller a namespace's Site belongs to, as in Skupper v2. */
export const OWNER_CONFIG = 'skupper'

/** Where the controller answers those who redeem tokens; routers pass their port of that number through to it. */
const TOKEN_PORT = 8081
/** Health of the controller. */
const HTTP_PORT = 9090
const PROBE_PERIOD_SECONDS = 5
/** A controller mostly waits, so its memory counts more than its speed: 120 MiB in place of 137 where this was tried. */
const LEAN = '--max-semi-space-size=2'
/** It is asked every second until it is up: a site is not ready without it. */
const START_SECONDS = 60
const NAME_LABEL = 'app.kubernetes.io/name'

/** What the controller of a site is made of. */
export interface ControllerParts {
  namespace: string
  site: Site
  image: string
}

/** How the ConfigMap names the controller of a namespace. */
export const controllerOf = (namespace: string): string => `${namespace}/${SITE_CONTROLLER}`

/**
 * Everything beside the Site that makes a namespace a site, in an order in which it can be applied: manifests are made
 * of it too.
 */
export function controllerObjects(parts: ControllerParts): KubeObject[] {
  const { namespace } = parts
  const metadata = metadataOf(parts)
  return [
    object('v1 ConfigMap', metadata(OWNER_CONFIG), { data: { controller: controllerOf(namespace) } }),
    object('v1 ServiceAccount', metadata(ROUTER_ACCOUNT), { automountServiceAccountToken: false }),
    object('v1 ServiceAccount', metadata(SITE_CONTROLLER), {}),
    object('rbac.authorization.k8s.io/v1 Role', metadata(SITE_CONTROLLER), { rules: SITE_RULES }),
    object('rbac.authorization.k8s.io/v1 RoleBinding', metadata(SITE_CONTROLLER), {
      subjects: [{ kind: 'ServiceAccount', name: SITE_CONTROLLER, namespace }],
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: SITE_CONTROLLER },
    }),
    object('v1 Service', metadata(SITE_CONTROLLER), {
      spec: {
        selector: { [NAME_LABEL]: SITE_CONTROLLER },
        ports: [{ name: 'claims', port: TOKEN_PORT, targetPort: TOKEN_PORT }],
      },
    }),
    deployment(parts),
  ]
}

function deployment(parts: ControllerParts): KubeObject {
  const { namespace, site, image } = parts
  const own = annotations(site, 'controller-pod-annotations')
  return object('apps/v1 Deployment', metadataOf(parts)(SITE_CONTROLLER), {
    spec: {
      replicas: 1,
      selector: { matchLabels: { [NAME_LABEL]: SITE_CONTROLLER } },
      template: {
        metadata: {
          labels: { ...labelsOf(site), [NAME_LABEL]: SITE_CONTROLLER, 'sidecar.istio.io/inject': 'false' },
          annotations: { ...annotations(site, 'annotations'), 'sidecar.istio.io/inject': 'false', ...own },
        },
        spec: {
          serviceAccountName: SITE_CONTROLLER,
          securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
          containers: [
            {
              name: 'controller',
              image,
              imagePullPolicy: 'IfNotPresent',
              args: ['controller', '--platform', 'kubernetes', '--namespace', namespace],
              env: [
                { name: 'SKUPPER_IMAGE', value: image },
                { name: 'NODE_OPTIONS', value: LEAN },
                { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
              ],
              ports: [
                { name: 'claims', containerPort: TOKEN_PORT },
                { name: 'http', containerPort: HTTP_PORT },
              ],
              startupProbe: { ...probe('/readyz'), periodSeconds: 1, failureThreshold: START_SECONDS },
              livenessProbe: probe('/healthz'),
              readinessProbe: probe('/readyz'),
              resources: resources(site),
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ['ALL'] },
              },
            },
          ],
          ...scheduling(site),
        },
      },
    },
  })
}

const probe = (path: string): object => ({ httpGet: { path, port: HTTP_PORT }, periodSeconds: PROBE_PERIOD_SECONDS })

function resources(site: Site): object {
  const amounts = (suffix: '' | '-limit') => {
    const pairs = (['cpu', 'memory'] as const).map(
      (what) => [what, settingOf(site, `controller-${what}${suffix}`)] as const,
    )
    return Object.fromEntries(pairs.filter(([, amount]) => amount !== ''))
  }
  return { requests: amounts(''), limits: amounts('-limit') }
}

function scheduling(site: Site): object {
  const nodes = labels(site, 'controller-node-selector')
  const tolerations = parseTolerations(settingOf(site, 'controller-tolerations'))
  const priority = settingOf(site, 'controller-priority-class')
  const affinity = {
    ...preference('podAffinity', labels(site, 'controller-pod-affinity')),
    ...preference('podAntiAffinity', labels(site, 'controller-pod-antiaffinity')),
  }
  return {
    ...(Object.keys(nodes).length === 0 ? {} : { nodeSelector: nodes }),
    ...(tolerations === undefined ? {} : { tolerations }),
    ...(priority === '' ? {} : { priorityClassName: priority }),
    ...(Object.keys(affinity).length === 0 ? {} : { affinity }),
  }
}

function preference(kind: 'podAffinity' | 'podAntiAffinity', matchLabels: Labels): object {
  if (Object.keys(matchLabels).length === 0) return {}
  const term = { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels } }
  return { [kind]: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: term }] } }
}

const metadataOf =
  ({ namespace, site }: ControllerParts) =>
  (name: string): KubeObject['metadata'] => {
    const own = annotations(site, 'annotations')
    return { name, namespace, labels: labelsOf(site), ...(Object.keys(own).length === 0 ? {} : { annotations: own }) }
  }

function labelsOf(site: Site): Labels {
  return { ...labels(site, 'labels'), [MANAGED_BY_LABEL]: MANAGED_BY, 'app.kubernetes.io/part-of': 'skupper' }
}

const labels = (site: Site, key: SettingKey): Labels => parseLabels(settingOf(site, key)) ?? {}

/** Annotations of a setting, `k=v,k=v`; the setting's own rule has let nothing else in. */
function annotations(site: Site, key: SettingKey): Labels {
  const pairs = settingOf(site, key)
    .split(',')
    .filter((pair) => pair.includes('='))
  return Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]))
}

/** `type` is apiVersion and kind. */
function object(type: string, metadata: KubeObject['metadata'], fields: object): KubeObject {
  const [apiVersion = '', kind = ''] = type.split(' ')
  return { apiVersion, kind, metadata, ...fields }
}
