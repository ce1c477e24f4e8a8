import { z } from 'zod'
import type { KubeClient } from '../../core/kube/kube-client.ts'
import type { Service } from '../../core/kube/library-objects.ts'
import { SERVICE } from '../../core/kube/resource-types.ts'
import { CONTROLLED_ANNOTATION, MANAGED_BY_LABEL } from '../../core/model/annotation-names.ts'
import type { Log } from '../log.ts'
import { isOurs } from './object-plan.ts'
import { HASH_ANNOTATION, PART_OF_LABEL, SITE_LABEL } from './site-labels.ts'

/** Where `kubectl apply` keeps what was last applied. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

/** What a Service's own user says of it. */
const wishSchema = z.object({
  spec: z.object({
    selector: z.record(z.string(), z.string()).default({}),
    ports: z.array(z.record(z.string(), z.unknown())).default([]),
  }),
})

export interface ClaimOptions {
  readonly client: Pick<KubeClient, 'patch'>
  readonly wrote: (service: Service) => void
  readonly log: Log
}

/**
 * Gives Services back that users have applied over ours: one that appeared because another site exposes the address is
 * the user's from then on, with the spec that the user wrote. @throws SkupperError of the API server.
 */
export async function giveBackServices(services: readonly Service[], options: ClaimOptions): Promise<void> {
  for (const service of services) {
    const patch = claimPatch(service)
    if (patch === undefined) continue
    const { name } = service.metadata
    options.wrote(await options.client.patch(SERVICE, { name }, patch))
    options.log.info({ service: name }, 'the user has applied this Service: it is not ours any more')
  }
}

/** What makes the Service the user's own, as a JSON merge patch; undefined where it is ours alone, or not ours. */
export function claimPatch(service: Service): object | undefined {
  if (!isOurs(service)) return undefined
  const wish = wishOf(service.metadata.annotations?.[LAST_APPLIED])
  if (wish === undefined) return undefined
  const { resourceVersion, labels = {}, ownerReferences = [] } = service.metadata
  const ours = Object.keys(service.spec?.selector ?? {}).map((key) => [key, null] as const)
  const site = labels[SITE_LABEL]
  return {
    metadata: {
      // Who changes it in between is asked again.
      resourceVersion,
      labels: { [SITE_LABEL]: null, [MANAGED_BY_LABEL]: null, [PART_OF_LABEL]: null },
      annotations: { [HASH_ANNOTATION]: null, [CONTROLLED_ANNOTATION]: null },
      ownerReferences: ownerReferences.filter(({ uid }) => uid !== site),
      // Kubernetes' way to forget who wrote what: none of it is by us any more.
      managedFields: [{}],
    },
    spec: { selector: { ...Object.fromEntries(ours), ...wish.selector }, ports: wish.ports },
  }
}

/** Text that cannot be read is no wish. */
function wishOf(text: string | undefined) {
  if (text === undefined) return undefined
  try {
    return wishSchema.parse(JSON.parse(text)).spec
  } catch {
    return undefined
  }
}
