import { z } from 'zod'
import { CONTROLLED_ANNOTATION } from './annotation-names.ts'
import { SkupperError } from './error.ts'
import { MAX_PEERS, peerSchema } from './link-peers.ts'
import { secretData, secretText, type Secret } from './secret.ts'

/** The Secret by which a controller is asked to take access away; whoever wrote it removes it when that is done. */
export const REVOCATION_SECRET = 'skupper-revocation'
const KEY = 'revocations'

const revocationSchema = peerSchema.pick({ keyHash: true, admitted: true })

/**
 * That a peer has no access any more: `keyHash` as in its record, and the time of that record's `admitted`. A peer that
 * a token has let in since is not meant.
 */
export type Revocation = Readonly<z.infer<typeof revocationSchema>>

/** What a Secret asks for. Throws `revocation/broken`. */
export function readRevocations(secret: Secret | undefined): Revocation[] {
  if (secret === undefined) return []
  try {
    return z
      .array(revocationSchema)
      .max(MAX_PEERS)
      .parse(JSON.parse(secretText(secret, KEY) ?? '[]'))
  } catch (cause) {
    const message = `Secret ${secret.metadata.name} is not readable as a list of revocations.`
    throw new SkupperError('revocation/broken', message, { cause })
  }
}

/** The Secret that asks for these. */
export function revocationSecret(revocations: readonly Revocation[]): Secret {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'Opaque',
    metadata: { name: REVOCATION_SECRET, annotations: { [CONTROLLED_ANNOTATION]: 'true' } },
    data: secretData({ [KEY]: JSON.stringify(revocations) }),
  }
}
