import { createAuthority, readAuthority } from '../../core/pki/authority.ts'
import type { Credentials } from '../../core/model/credentials.ts'
import { issueCredentials } from '../../core/pki/issue.ts'

/** Server credentials of a new CA, valid now for these hosts. */
export async function serverCredentials(hosts: readonly string[] = ['127.0.0.1']): Promise<Required<Credentials>> {
  const now = Date.now()
  const authority = readAuthority(await createAuthority({ commonName: 'skupper-grant-server-ca', now }), now)
  return issueCredentials(authority, { commonName: 'skupper-grant-server', hosts, now })
}
