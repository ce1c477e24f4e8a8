import { SkupperError } from '../../core/model/error.ts'
import { formerIssuer, SITE_ISSUER } from '../../core/model/link-issuer.ts'
import type { Store } from '../../core/store/store.ts'
import { accessRevoked } from './access-revoked.ts'

/**
 * Takes all tokens and the site's certificate authority away, to be called while the site does not run: what it makes
 * when it starts again trusts nothing that was issued before. Says what was done. Throws `access/supplied-issuer`.
 */
export async function revokeMachineAccess(store: Store): Promise<string[]> {
  const grants = await store.list('AccessGrant')
  for (const { metadata } of grants) await store.delete('AccessGrant', metadata.name)
  await store.deleteIssuer(formerIssuer(SITE_ISSUER))
  return accessRevoked(grants.length, await store.deleteIssuer(SITE_ISSUER))
}

/** An authority that the user supplied is not ours to replace. */
export async function requireOwnAuthority(store: Store): Promise<void> {
  if (!(await store.isIssuerSupplied(SITE_ISSUER))) return
  const message = `The certificate authority ${SITE_ISSUER} was supplied: replace it, and the access of all sites ends`
  throw new SkupperError('access/supplied-issuer', message, { given: SITE_ISSUER })
}
