import { isOurs, titleOf, type ExposableObject, type ObjectPort } from '../../core/model/exposure/exposable-object.ts'
import { exposureOf, type Policies } from '../../core/model/exposure/exposure-of.ts'
import { USER_ANNOTATIONS } from '../../core/model/annotation-names.ts'
import { hasLabels, parseLabels } from '../../core/model/labels.ts'
import type { PolicyNamespace } from '../../core/model/policy/cluster-policy.ts'
import { sourceOf, type ExposedObject, type ExposureProblem } from './exposed-resources.ts'

/** Which objects of a namespace are exposed, and what is wrong with those that should be and are not. */
export interface NamespaceExposures {
  readonly exposed: readonly ExposedObject[]
  readonly problems: readonly ExposureProblem[]
}

/** Decides on every object of a namespace, each seen together with the Services and workloads it depends on. Pure. */
export function namespaceExposures(
  objects: readonly ExposableObject[],
  namespace: PolicyNamespace,
  policies: Policies,
): NamespaceExposures {
  const exposed: ExposedObject[] = []
  const problems: ExposureProblem[] = []
  for (const object of objects.map((each) => withRelations(each, objects))) {
    const decision = exposureOf(object, namespace, policies)
    if (decision.outcome === 'exposed') exposed.push({ object, exposure: decision.exposure })
    if (decision.outcome === 'error') problems.push({ subject: sourceOf(object), message: decision.message })
    if (decision.outcome === 'none' && decision.code === 'denied') {
      problems.push({ subject: sourceOf(object), message: `${titleOf(object)}: ${decision.reason}` })
    }
  }
  return { exposed, problems }
}

function withRelations(object: ExposableObject, all: readonly ExposableObject[]): ExposableObject {
  const related = relatedService(object)
  // The Service that stands for the address may have that very name: its ports are the router's.
  const service = all.find((each) => each.kind === 'Service' && each.name === related && !isOurs(each))
  const podPorts = object.kind === 'Service' ? portsOfPods(object, all) : undefined
  return { ...object, relatedPorts: service?.ports, podPorts }
}

function relatedService({ kind, serviceName, annotations, namespace }: ExposableObject): string | undefined {
  if (kind === 'StatefulSet') return serviceName
  const [name, where = namespace] = (annotations[USER_ANNOTATIONS.target] ?? '').split('.')
  return where === namespace ? name : undefined
}

/** The named ports of the workloads whose pods the Service selects. */
function portsOfPods({ selector }: ExposableObject, all: readonly ExposableObject[]): Record<string, number> {
  const wanted = parseLabels(selector)
  if (wanted === undefined) return {}
  const ports = all
    .filter(({ kind, podLabels }) => kind !== 'Service' && hasLabels(podLabels, wanted))
    .flatMap((workload): readonly ObjectPort[] => workload.ports)
  return Object.fromEntries(ports.flatMap(({ name, port }) => (name === undefined ? [] : [[name, port]])))
}
