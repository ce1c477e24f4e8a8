import { SkupperError } from '../../core/model/error.ts'
import type { Store } from '../../core/store/store.ts'
import { accessRevoked } from './access-revoked.ts'

const SITE_CA = 'skupper-site-ca'
/** Where that is about to be replaced: trusted beside it. */
const FORMER_CA = 'skupper-site-ca-former'

/**
 * Takes all tokens and the site's certificate authority away, to be called while the site does not run: what it makes
 * when it starts again trusts nothing that was issued before. Says what was done. Throws `access/supplied-issuer`.
 */
export async function revokeMachineAccess(store: Store): Promise<string[]> {
  const grants = await store.list('AccessGrant')
  for (const { metadata } of grants) await store.delete('AccessGrant', metadata.name)
  await store.deleteIssuer(FORMER_CA)
  return accessRevoked(grants.length, await store.deleteIssuer(SITE_CA))
}

/** An authority that the user supplied is not ours to replace. */
export async function requireOwnAuthority(store: Store): Promise<void> {
  if (!(await store.isIssuerSupplied(SITE_CA))) return
  const message = `The certificate authority ${SITE_CA} was supplied: replace it, and the access of all sites ends`
  throw new SkupperError('access/supplied-issuer', message, { given: SITE_CA })
}
