import { createAuthority, readAuthority } from '../../core/pki/authority.ts'
import { issueCredentials } from '../../core/pki/issue.ts'
import type { TlsFiles } from '../../router/mesh/connection/listener.ts'

/** Certificates of one new CA for each of `names`, good for 127.0.0.1. */
export async function certificatesFor<Name extends string>(...names: Name[]): Promise<Record<Name, TlsFiles>> {
  const now = Date.now()
  const authority = readAuthority(await createAuthority({ commonName: 'test-ca', now }), now)
  const issued = await Promise.all(
    names.map(async (name) => {
      const { ca, certificate, key } = await issueCredentials(authority, {
        commonName: name,
        hosts: ['127.0.0.1'],
        now,
      })
      return [name, { ca, cert: certificate, key }] as const
    }),
  )
  return Object.fromEntries(issued) as Record<Name, TlsFiles>
}
