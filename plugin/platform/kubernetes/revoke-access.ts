import type { KubeClient } from '../../../core/kube/kube-client.ts'
import { SECRET } from '../../../core/kube/resource-types.ts'
import type { Resources } from '../platform.ts'

const SITE_CA = 'skupper-site-ca'

/**
 * Takes all tokens and the site's certificate authority away: the controller makes a new one, and what the old one has
 * signed, links of other sites, is worth nothing any more. Says what was done, a line each.
 */
export async function revokeAccess(client: KubeClient, resources: Resources): Promise<string[]> {
  const grants = await resources.list('AccessGrant')
  for (const { metadata } of grants) await resources.delete('AccessGrant', metadata.name)
  const hadAuthority = await client.delete(SECRET, SITE_CA)
  return [
    `${String(grants.length)} token${grants.length === 1 ? '' : 's'} revoked.`,
    ...(hadAuthority ? ['The site gets a new certificate authority: other sites need new tokens to link to it.'] : []),
  ]
}
