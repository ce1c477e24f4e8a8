import type { AccessToken } from '../../core/model/access-token.ts'
import { companyAuthority } from './foreign-certificates.ts'
import { GRANT_UID } from './access-grants.ts'

/** A token that a user would hold under the name of the link to be. */
export function accessToken(spec: Partial<AccessToken['spec']> = {}): AccessToken {
  return {
    apiVersion: 'skupper.io/v2alpha1',
    kind: 'AccessToken',
    metadata: { name: 'to-east' },
    spec: { url: `https://127.0.0.1:9091/${GRANT_UID}`, code: 'the-code', ca: companyAuthority.certificate, ...spec },
  }
}
