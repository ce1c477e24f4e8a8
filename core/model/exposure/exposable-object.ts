import { z } from 'zod'
import { SkupperError } from '../error.ts'
import type { Labels } from '../labels.ts'
import { MANAGED_BY, MANAGED_BY_LABEL } from '../annotation-names.ts'
import { explain } from '../schema-issue.ts'
import { selectorText } from '../policy/label-selector.ts'

export const EXPOSABLE_KINDS = ['Service', 'Deployment', 'StatefulSet', 'DaemonSet'] as const
export type ExposableKind = (typeof EXPOSABLE_KINDS)[number]

/** A port as an object declares it. */
export interface ObjectPort {
  readonly port: number
  /** Of a Service: the port of its pods, or the name of that port. */
  readonly targetPort?: number | string | undefined
  readonly name?: string | undefined
  readonly appProtocol?: string | undefined
}

/** A Service or a workload, as far as its exposure depends on it. */
export interface ExposableObject {
  readonly kind: ExposableKind
  readonly name: string
  readonly namespace: string
  readonly labels: Labels
  readonly annotations: Labels
  /** TCP ports: of a Service its own, of a workload those of its first container. */
  readonly ports: readonly ObjectPort[]
  /** Which pods, as a selector text; empty where the object selects none. */
  readonly selector: string
  /** Of a StatefulSet: the Service that governs it. */
  readonly serviceName?: string | undefined
  /** Of a Service of type ExternalName: where it leads. */
  readonly externalName?: string | undefined
  /** Of a Service: whether it has no address of its own. */
  readonly isHeadless: boolean
  /** Labels and annotations of a workload's pods. */
  readonly podLabels: Labels
  readonly podAnnotations: Labels
  /**
   * Ports of the Service that governs a StatefulSet, or that a Service's `skupper.io/target` names; undefined where
   * whoever asks does not know that Service.
   */
  readonly relatedPorts?: readonly ObjectPort[] | undefined
  /** Of a Service: the ports of its pods by their names; undefined where whoever asks does not know those. */
  readonly podPorts?: Readonly<Record<string, number>> | undefined
}

const text = z.string()
const textMap = z.record(text, text).nullish()
const number = z.number()
const list = <Item extends z.ZodType>(item: Item) => z.array(item).nullish()

const metadataSchema = z.object({
  name: text.nullish(),
  generateName: text.nullish(),
  namespace: text.nullish(),
  labels: textMap,
  annotations: textMap,
})

const serviceSchema = z.object({
  metadata: metadataSchema,
  spec: z
    .object({
      type: text.nullish(),
      clusterIP: text.nullish(),
      externalName: text.nullish(),
      selector: textMap,
      ports: list(
        z.object({
          port: number,
          targetPort: z.union([number, text]).nullish(),
          name: text.nullish(),
          protocol: text.nullish(),
          appProtocol: text.nullish(),
        }),
      ),
    })
    .nullish(),
})

const podMetadataSchema = z.object({ labels: textMap, annotations: textMap }).nullish()

const workloadSchema = z.object({
  metadata: metadataSchema,
  spec: z.object({
    serviceName: text.nullish(),
    selector: z
      .object({
        matchLabels: textMap,
        matchExpressions: list(
          z.object({
            key: text,
            operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
            values: list(text),
          }),
        ),
      })
      .nullish(),
    template: z.object({
      metadata: podMetadataSchema,
      spec: z.object({
        containers: list(
          z.object({
            ports: list(z.object({ containerPort: number, name: text.nullish(), protocol: text.nullish() })),
          }),
        ),
      }),
    }),
  }),
})

/**
 * The exposable object that a value (of JSON or YAML) describes; undefined for any other kind. `namespace` counts where
 * the value names none. Throws `exposure/unreadable`, naming the field.
 */
export function readExposable(value: unknown, namespace: string): ExposableObject | undefined {
  const kind = exposableKindOf(value)
  if (kind === undefined) return undefined
  return kind === 'Service' ? readService(value, namespace) : readWorkload(kind, value, namespace)
}

/** Whether the object is one that we made: those are never exposed by themselves. */
export function isOurs({ labels }: ExposableObject): boolean {
  return labels[MANAGED_BY_LABEL] === MANAGED_BY
}

/** `Deployment web`: how messages name an object. */
export function titleOf({ kind, name }: Pick<ExposableObject, 'kind' | 'name'>): string {
  return `${kind} ${name}`
}

function exposableKindOf(value: unknown): ExposableKind | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { apiVersion, kind } = value as { apiVersion?: unknown; kind?: unknown }
  const known = EXPOSABLE_KINDS.find((candidate) => candidate === kind)
  return apiVersion === (known === 'Service' ? 'v1' : 'apps/v1') ? known : undefined
}

function readService(value: unknown, namespace: string): ExposableObject {
  const { metadata, spec } = checked(serviceSchema, value)
  return {
    kind: 'Service',
    ...namesOf(metadata, namespace),
    ports: (spec?.ports ?? []).filter(isTcp).map((port) => ({
      port: port.port,
      targetPort: port.targetPort ?? port.port,
      name: port.name ?? undefined,
      appProtocol: port.appProtocol ?? undefined,
    })),
    selector: selectorText({ matchLabels: spec?.selector ?? {} }),
    externalName: spec?.type === 'ExternalName' ? (spec.externalName ?? undefined) : undefined,
    isHeadless: spec?.clusterIP === 'None',
    podLabels: {},
    podAnnotations: {},
  }
}

function readWorkload(kind: Exclude<ExposableKind, 'Service'>, value: unknown, namespace: string): ExposableObject {
  const { metadata, spec } = checked(workloadSchema, value)
  const { template, serviceName } = spec
  const ports = template.spec.containers?.[0]?.ports ?? []
  const isGoverned = kind === 'StatefulSet' && typeof serviceName === 'string' && serviceName !== ''
  return {
    kind,
    ...namesOf(metadata, namespace),
    ports: ports.filter(isTcp).map(({ containerPort, name }) => ({ port: containerPort, name: name ?? undefined })),
    selector: workloadSelector(spec),
    serviceName: isGoverned ? serviceName : undefined,
    isHeadless: false,
    ...podKeys(template.metadata),
  }
}

function podKeys(metadata: z.infer<typeof podMetadataSchema>): Pick<ExposableObject, 'podLabels' | 'podAnnotations'> {
  return { podLabels: metadata?.labels ?? {}, podAnnotations: metadata?.annotations ?? {} }
}

function workloadSelector({ selector }: z.infer<typeof workloadSchema>['spec']): string {
  const { matchLabels, matchExpressions } = selector ?? {}
  return selectorText({
    matchLabels: matchLabels ?? {},
    matchExpressions: (matchExpressions ?? []).map(({ values, ...rest }) => ({ ...rest, values: values ?? undefined })),
  })
}

function namesOf(metadata: z.infer<typeof metadataSchema>, namespace: string) {
  return {
    name: metadata.name ?? metadata.generateName ?? '',
    namespace: metadata.namespace ?? namespace,
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
  }
}

function isTcp({ protocol }: { protocol?: string | null | undefined }): boolean {
  return protocol === undefined || protocol === null || protocol === '' || protocol === 'TCP'
}

function checked<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const { path, fault, wanted } = explain(result.error, value)
  throw new SkupperError('exposure/unreadable', `${path.join('.') || 'the object'} ${fault}; wanted ${wanted}`, {
    wanted,
  })
}
