import { SkupperError } from '../core/model/error.ts'
import type { Site } from '../core/model/site.ts'
import type { Platform } from './platform/platform.ts'

/** The site of the namespace, or undefined where there is none. Throws `site/several` where there are two. */
export async function findSite({
  resources,
  namespace,
}: Pick<Platform, 'resources' | 'namespace'>): Promise<Site | undefined> {
  const sites = await resources.list('Site')
  if (sites.length > 1) {
    const names = sites.map(({ metadata }) => metadata.name).join(', ')
    const message = `There are ${String(sites.length)} Sites in namespace '${namespace}' (${names}): delete all but one`
    throw new SkupperError('site/several', message, { given: names, wanted: 'one Site' })
  }
  return sites[0]
}

/** The site of the namespace. Throws `site/missing`. */
export async function requireSite(platform: Pick<Platform, 'resources' | 'namespace'>): Promise<Site> {
  const site = await findSite(platform)
  if (site !== undefined) return site
  throw new SkupperError('site/missing', notEnabled(platform.namespace), { given: platform.namespace })
}

/** What a status command says, without an error, where there is no site. */
export const notEnabled = (namespace: string): string => `Skupper is not enabled in namespace '${namespace}'`
