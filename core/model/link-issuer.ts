import type { RouterAccess } from './router-access.ts'
import type { Site } from './site.ts'

/** Skupper v2's name (skupper-v2 sheet, section 1.1). */
const SITE_ISSUER = 'skupper-site-ca'

/** The name of the CA that signs for sites which link to this one: the one its inter-router listener trusts. */
export function linkIssuer(site: Site, accesses: readonly RouterAccess[]): string {
  const access = accesses.find(({ spec }) => spec.roles.some(({ name }) => name === 'inter-router'))
  return issuerOf(site, access ?? accesses[0])
}

/** The name of the CA of an access, or of a site that has none. */
export function issuerOf(site: Site, access: RouterAccess | undefined): string {
  return access?.spec.issuer ?? site.spec.defaultIssuer ?? SITE_ISSUER
}
