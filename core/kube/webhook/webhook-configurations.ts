import type { ExposurePolicy } from '../../model/policy/exposure-policy.ts'
import type { KubeObject } from '../kube-object.ts'
import { exposureConditions, NOT_BY_US, type MatchCondition } from './admission-condition.ts'
import { WEBHOOK } from './webhook-name.ts'

/** How long an API server waits for an answer, in seconds; then it goes on as if there were no webhook. */
const TIMEOUT_SECONDS = 3
const ADMISSION = 'admissionregistration.k8s.io/v1'

export interface ConfigurationOptions {
  /** The webhook's own namespace: what is in it is never reviewed. */
  readonly namespace: string
  /** Where the webhook answers, without the path, if it is no Service of that namespace. */
  readonly url?: string | undefined
  /** PEM of who issues the webhook's certificates; undefined while nobody knows, or where cert-manager fills it in. */
  readonly caBundle?: string | undefined
  readonly policies: readonly ExposurePolicy[]
  /** `NAMESPACE/NAME` of cert-manager's Certificate, where that makes the certificates. */
  readonly certManager?: string | undefined
}

/**
 * The configurations by which API servers ask the webhook: for objects that carry our annotations or that a policy may
 * expose, and for our own kinds. Nothing ever waits for the webhook or is refused because of its absence.
 */
export function webhookConfigurations(options: ConfigurationOptions): KubeObject[] {
  const conditions = exposureConditions(options.policies)
  const exposable = [
    { apiGroups: [''], apiVersions: ['v1'], resources: ['services'] },
    { apiGroups: ['apps'], apiVersions: ['v1'], resources: ['deployments', 'statefulsets', 'daemonsets'] },
  ]
  const ours = [
    { apiGroups: ['skupper.io'], apiVersions: ['v2alpha1'], resources: ['*'] },
    { apiGroups: ['skupper.io'], apiVersions: ['v1alpha1'], resources: ['skupperclusterpolicies'] },
  ]
  const metadata = metadataFor(options)
  return [
    {
      apiVersion: ADMISSION,
      kind: 'MutatingWebhookConfiguration',
      metadata,
      webhooks: [{ ...entry('mutate', { rules: exposable, conditions, ...options }), reinvocationPolicy: 'IfNeeded' }],
    },
    {
      apiVersion: ADMISSION,
      kind: 'ValidatingWebhookConfiguration',
      metadata,
      webhooks: [
        entry('validate', { rules: exposable, conditions, ...options }),
        entry('validate', { name: 'resources', rules: ours, conditions: [NOT_BY_US], ...options }),
      ],
    },
  ]
}

interface EntryParts extends ConfigurationOptions {
  readonly name?: string
  readonly rules: readonly object[]
  readonly conditions: readonly MatchCondition[]
}

function entry(path: 'mutate' | 'validate', parts: EntryParts): object {
  const { name = path, rules, conditions, namespace, caBundle } = parts
  return {
    name: `${name}.webhook.skupper.io`,
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    failurePolicy: 'Ignore',
    matchPolicy: 'Equivalent',
    timeoutSeconds: TIMEOUT_SECONDS,
    clientConfig: {
      ...endpoint(path, parts),
      ...(caBundle === undefined ? {} : { caBundle: Buffer.from(caBundle).toString('base64') }),
    },
    namespaceSelector: {
      matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kube-system', namespace] }],
    },
    // Subresources such as status are other resources, and so not among these.
    rules: rules.map((rule) => ({ ...rule, operations: ['CREATE', 'UPDATE'], scope: '*' })),
    matchConditions: conditions.map((condition) => ({ ...condition })),
  }
}

function endpoint(path: string, { url, namespace }: ConfigurationOptions): object {
  if (url !== undefined) return { url: `${url}/${path}` }
  return { service: { name: WEBHOOK, namespace, path: `/${path}`, port: 443 } }
}

function metadataFor({ certManager }: ConfigurationOptions): KubeObject['metadata'] {
  const labels = { 'app.kubernetes.io/part-of': 'skupper', 'app.kubernetes.io/name': WEBHOOK }
  const annotations = certManager === undefined ? {} : { 'cert-manager.io/inject-ca-from': certManager }
  return { name: WEBHOOK, labels, ...(certManager === undefined ? {} : { annotations }) }
}
