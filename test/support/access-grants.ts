import type { AccessGrant } from '../../core/model/access-grant.ts'

export const GRANT_UID = '71ae9726-70f0-417a-82d4-85b04ea21765'

/** A grant as a user would write it, with a uid. */
export function accessGrant(spec: AccessGrant['spec'] = {}, status?: AccessGrant['status']): AccessGrant {
  return {
    apiVersion: 'skupper.io/v2alpha1',
    kind: 'AccessGrant',
    metadata: { name: 'east', uid: GRANT_UID, generation: 1 },
    spec,
    ...(status === undefined ? {} : { status }),
  }
}
