import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { SkupperError } from '../model/error.ts'
import { API_VERSION } from '../model/resource-schema.ts'
import { RESOURCE_SCHEMAS } from '../model/resource.ts'
import { CRD_DEFINITIONS, type CelRule, type CrdDefinition } from './crd-definitions.ts'
import { errorCode } from './errors.ts'
import type { KubeClient } from './kube-client.ts'
import { groupOf, type KubeObject } from './kube-object.ts'
import type { CustomResourceDefinition } from './library-objects.ts'
import { CUSTOM_RESOURCE_DEFINITION } from './resource-types.ts'
import { structural, type StructuralSchema } from './structural-schema.ts'

const ESTABLISHED_DEADLINE_MS = 15_000
const POLL_MS = 50

/** What became of one CustomResourceDefinition. */
export interface CrdReport {
  readonly name: string
  /** One that was there is never touched, whoever made it. */
  readonly outcome: 'installed' | 'present'
  /** Kinds that were there may be another project's: the label that says who made it, where it has one. */
  readonly managedBy?: string | undefined
}

/** The CustomResourceDefinitions of every kind of ours, from the schemas of core/model. */
export function crds(): KubeObject[] {
  return Object.values(CRD_DEFINITIONS).map((definition) =>
    crdOf(definition, RESOURCE_SCHEMAS[definition.kind as keyof typeof CRD_DEFINITIONS]),
  )
}

/** The CustomResourceDefinition of a kind whose objects fit a schema of core/model. */
export function crdOf(definition: CrdDefinition, schema: z.ZodType): KubeObject {
  const { kind, plural, shortNames, columns, apiVersion = API_VERSION, scope = 'Namespaced' } = definition
  const group = groupOf({ apiVersion })
  const names = { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase(), shortNames: [...shortNames] }
  const open = openApiOf(definition, schema)
  const version = {
    name: apiVersion.slice(group.length + 1),
    served: true,
    storage: true,
    schema: { openAPIV3Schema: open.schema },
    ...(open.hasStatus ? { subresources: { status: {} } } : {}),
    additionalPrinterColumns: columns.map((column) => ({ ...column })),
  }
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}`, labels: { 'app.kubernetes.io/part-of': 'skupper' } },
    spec: { group, scope, names, versions: [version] },
  }
}

/**
 * Installs what is missing and waits until the API server takes objects of it. What is there stays as it is. Throws
 * `kube/forbidden` with what an administrator has to do.
 */
export async function installCrds(client: KubeClient, wanted: readonly KubeObject[] = crds()): Promise<CrdReport[]> {
  const reports: CrdReport[] = []
  for (const crd of wanted) reports.push(await installOne(client, crd))
  await established(client, wanted)
  return reports
}

async function installOne(client: KubeClient, crd: KubeObject): Promise<CrdReport> {
  const { name } = crd.metadata
  const there = await client.get(CUSTOM_RESOURCE_DEFINITION, name).catch(notPermitted)
  if (there !== undefined) return present(there)
  try {
    await client.create(crd)
    return { name, outcome: 'installed' }
  } catch (error) {
    if (errorCode(error) === 'kube/exists') return { name, outcome: 'present' }
    return notPermitted(error)
  }
}

function present({ metadata: { name, labels } }: CustomResourceDefinition): CrdReport {
  const managedBy = labels?.['app.kubernetes.io/managed-by'] ?? labels?.['app.kubernetes.io/part-of']
  return { name, outcome: 'present', managedBy }
}

async function established(client: KubeClient, wanted: readonly KubeObject[]): Promise<void> {
  const deadline = performance.now() + ESTABLISHED_DEADLINE_MS
  for (const { metadata } of wanted) {
    while (!isEstablished(await client.get(CUSTOM_RESOURCE_DEFINITION, metadata.name))) {
      if (performance.now() > deadline) {
        throw new SkupperError('kube/timeout', `CustomResourceDefinition ${metadata.name} is not established in time`)
      }
      await delay(POLL_MS)
    }
  }
}

function isEstablished(crd: CustomResourceDefinition | undefined): boolean {
  return crd?.status?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True') ?? false
}

function notPermitted(error: unknown): never {
  if (errorCode(error) !== 'kube/forbidden') throw error
  const message =
    'The CustomResourceDefinitions of skupper.io are needed, and you may not install them. An administrator can: skupper crds | kubectl apply -f -'
  throw new SkupperError('kube/forbidden', message, { cause: error })
}

function openApiOf(
  { kind, rules }: CrdDefinition,
  schema: z.ZodType,
): { schema: StructuralSchema; hasStatus: boolean } {
  const { properties } = structural(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }))
  const { spec = {}, status } = properties as Partial<Record<'spec' | 'status', StructuralSchema>>
  const needsSpec = Array.isArray(spec['required'])
  const whole = {
    description: `${kind} of a service network.`,
    type: 'object',
    ...(needsSpec ? { required: ['spec'] } : {}),
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object' },
      spec,
      ...(status === undefined ? {} : { status }),
    },
  }
  const ruled = rules.reduce<StructuralSchema>((open, rule) => withRule(open, rule, rule.at), whole)
  return { schema: ruled, hasStatus: status !== undefined }
}

/** The schema with a rule at a path within it. */
function withRule(schema: StructuralSchema, { rule, message }: CelRule, at: readonly string[]): StructuralSchema {
  const [field, ...rest] = at
  if (field === undefined) {
    const rules = (schema['x-kubernetes-validations'] ?? []) as unknown[]
    return { ...schema, 'x-kubernetes-validations': [...rules, { rule, message }] }
  }
  const inner = (part: unknown): StructuralSchema => withRule(part as StructuralSchema, { at, rule, message }, rest)
  if (field === 'items') return { ...schema, items: inner(schema['items']) }
  const properties = schema['properties'] as Record<string, StructuralSchema>
  return { ...schema, properties: { ...properties, [field]: inner(properties[field]) } }
}
