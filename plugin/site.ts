import { SkupperError } from '../core/model/error.ts'
import type { Site } from '../core/model/site.ts'
import type { Platform } from './platform/platform.ts'

/** The site of the namespace, or undefined where there is none. */
export async function findSite({ resources }: Platform): Promise<Site | undefined> {
  const [site] = await resources.list('Site')
  return site
}

/** The site of the namespace. Throws `site/missing`. */
export async function requireSite(platform: Platform): Promise<Site> {
  const site = await findSite(platform)
  if (site !== undefined) return site
  throw new SkupperError('site/missing', notEnabled(platform.namespace), { given: platform.namespace })
}

/** What a status command says, without an error, where there is no site. */
export const notEnabled = (namespace: string): string => `Skupper is not enabled in namespace '${namespace}'`
