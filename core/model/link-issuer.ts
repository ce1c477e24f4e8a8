import type { RouterAccess } from './router-access.ts'
import type { Site } from './site.ts'

/** The CA of a site that names no other: Skupper v2's name (skupper-v2 sheet, section 1.1). */
export const SITE_ISSUER = 'skupper-site-ca'

/** The name under which the CA is kept that another one is about to replace: trusted beside it. */
export function formerIssuer(issuer: string): string {
  return `${issuer}-former`
}

/** The name of the CA that signs for sites which link to this one: the one its inter-router listener trusts. */
export function linkIssuer(site: Site, accesses: readonly RouterAccess[]): string {
  const access = accesses.find(({ spec }) => spec.roles.some(({ name }) => name === 'inter-router'))
  return issuerOf(site, access ?? accesses[0])
}

/** The name of the CA of an access, or of a site that has none. */
export function issuerOf(site: Site, access: RouterAccess | undefined): string {
  return access?.spec.issuer ?? site.spec.defaultIssuer ?? SITE_ISSUER
}
