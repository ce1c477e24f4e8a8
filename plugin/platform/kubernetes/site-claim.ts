import type { ConfigMap } from '../../../core/kube/library-objects.ts'
import { SkupperError } from '../../../core/model/error.ts'
import type { Site } from '../../../core/model/site.ts'
import { controllerOf } from './controller-objects.ts'

/**
 * Throws `site/not-ours` where the namespace's Site belongs to another controller: its ConfigMap names one, or without
 * a ConfigMap, its status does.
 */
export function refuseForeignSite(namespace: string, site: Site | undefined, config: ConfigMap | undefined): void {
  const claimed = config?.data?.['controller'] ?? reportingController(site)
  if (claimed === undefined || claimed === controllerOf(namespace)) return
  const message = `The site in namespace '${namespace}' belongs to another controller, ${claimed}`
  throw new SkupperError('site/not-ours', message, { given: claimed, wanted: controllerOf(namespace) })
}

/** `NAMESPACE/NAME` of the controller that wrote the Site's status. */
function reportingController(site: Site | undefined): string | undefined {
  const { name, namespace = '' } = site?.status?.controller ?? {}
  return name === undefined ? undefined : `${namespace}/${name}`
}
