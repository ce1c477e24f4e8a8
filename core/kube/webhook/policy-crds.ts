import { EXPOSABLE_KINDS } from '../../model/exposure/exposable-object.ts'
import { ISTIO_TREATMENTS } from '../../model/exposure/istio-treatment.ts'
import { PROTOCOLS } from '../../model/protocol.ts'
import type { KubeObject, ResourceType } from '../kube-object.ts'
import { CLUSTER_POLICY, EXPOSURE_POLICY } from '../resource-types.ts'

const text = (maxLength: number) => ({ type: 'string', minLength: 1, maxLength })
const flag = { type: 'boolean' }
const oneOf = (words: readonly string[]) => ({ type: 'string', enum: [...words] })
const list = (items: object, maxItems: number) => ({ type: 'array', items, maxItems })
const fields = (properties: object, required: readonly string[] = []) => ({
  type: 'object',
  properties,
  ...(required.length === 0 ? {} : { required: [...required] }),
})

const selector = fields({
  matchLabels: { type: 'object', additionalProperties: { type: 'string', maxLength: 63 }, maxProperties: 64 },
  matchExpressions: list(
    fields(
      {
        key: text(316),
        operator: oneOf(['In', 'NotIn', 'Exists', 'DoesNotExist']),
        values: list({ type: 'string', maxLength: 63 }, 256),
      },
      ['key', 'operator'],
    ),
    64,
  ),
})

/** The definition of ExposurePolicy. */
export function exposurePolicyCrd(): KubeObject {
  const spec = fields(
    {
      namespaceSelector: selector,
      selector,
      kinds: { ...list(oneOf(EXPOSABLE_KINDS), EXPOSABLE_KINDS.length), minItems: 1 },
      address: { ...text(512), pattern: '^([-a-z0-9]|\\{(name|namespace|label:[^{}]+)\\})+$' },
      protocol: oneOf(['auto', ...PROTOCOLS]),
      ports: { ...list({ type: 'integer', minimum: 1, maximum: 65_535 }, 64), minItems: 1 },
      istio: oneOf(ISTIO_TREATMENTS),
      priority: { type: 'integer', minimum: -1_000_000, maximum: 1_000_000 },
      dryRun: flag,
    },
    ['namespaceSelector'],
  )
  const columns = [
    { name: 'Priority', type: 'integer', jsonPath: '.spec.priority' },
    { name: 'Protocol', type: 'string', jsonPath: '.spec.protocol' },
    { name: 'Dry run', type: 'boolean', jsonPath: '.spec.dryRun' },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ]
  return definition(EXPOSURE_POLICY, { spec, columns, singular: 'exposurepolicy' })
}

/** The definition of SkupperClusterPolicy. With it in a cluster, sites may do only what a policy allows. */
export function clusterPolicyCrd(): KubeObject {
  const patterns = list(text(1024), 1000)
  const spec = fields({
    namespaces: patterns,
    allowIncomingLinks: flag,
    allowedOutgoingLinksHostnames: patterns,
    allowedExposedResources: patterns,
    allowedServices: patterns,
  })
  const columns = [{ name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' }]
  return definition(CLUSTER_POLICY, { spec, columns, singular: 'skupperclusterpolicy' })
}

function definition(
  { apiVersion, kind, plural }: ResourceType,
  { spec, columns, singular }: { spec: object; columns: readonly object[]; singular: string },
): KubeObject {
  const [group = '', name = ''] = apiVersion.split('/')
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}`, labels: { 'app.kubernetes.io/part-of': 'skupper' } },
    spec: {
      group,
      scope: 'Cluster',
      names: { kind, listKind: `${kind}List`, plural, singular },
      versions: [
        {
          name,
          served: true,
          storage: true,
          additionalPrinterColumns: columns,
          schema: {
            openAPIV3Schema: fields(
              { apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: { type: 'object' }, spec },
              ['spec'],
            ),
          },
        },
      ],
    },
  }
}
