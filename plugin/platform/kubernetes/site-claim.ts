import type { ConfigMap } from '../../../core/kube/library-objects.ts'
import { SITE_CONTROLLER } from '../../../core/kube/site-rbac.ts'
import { SkupperError } from '../../../core/model/error.ts'
import type { Site } from '../../../core/model/site.ts'
import { controllerOf } from './controller-objects.ts'

/**
 * Throws `site/not-ours` where the namespace's Site belongs to another controller: its ConfigMap names one, or without
 * a ConfigMap, its status does.
 */
export function refuseForeignSite(namespace: string, site: Site | undefined, config: ConfigMap | undefined): void {
  const claimed = config?.data?.['controller']
  if (claimed !== undefined && claimed !== controllerOf(namespace)) throw notOurs(namespace, claimed)
  const { name, namespace: where } = site?.status?.controller ?? {}
  if (claimed !== undefined || name === undefined || name === SITE_CONTROLLER) return
  throw notOurs(namespace, where === undefined ? name : `${where}/${name}`)
}

function notOurs(namespace: string, controller: string): SkupperError {
  const message = `The site in namespace '${namespace}' belongs to another controller, ${controller}`
  return new SkupperError('site/not-ours', message, { given: controller, wanted: controllerOf(namespace) })
}
