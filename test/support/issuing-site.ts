import { createAuthority, readAuthority } from '../../core/pki/authority.ts'
import type { IssuingSite } from '../../controller/token-server/redemption-answer.ts'

/** A site that others can link to, with a CA of its own, as of `now` (milliseconds). */
export async function issuingSite(now: number): Promise<IssuingSite> {
  const authority = readAuthority(await createAuthority({ commonName: 'skupper-site-ca', now }), now)
  return {
    authority,
    issuers: [authority.certificate],
    certificateLifeMs: 24 * 3_600_000,
    endpoints: [
      { name: 'inter-router', host: 'site.example', port: '55671', group: 'skupper-router' },
      { name: 'edge', host: 'site.example', port: '45671', group: 'skupper-router' },
      { name: 'normal', host: '127.0.0.1', port: '5671' },
    ],
  }
}
