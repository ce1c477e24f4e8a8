import { z } from 'zod'
import { CONTROLLED_ANNOTATION } from './annotation-names.ts'
import { SkupperError } from './error.ts'
import { secretData, secretText, type Secret } from './secret.ts'

/** The Secret in which a site keeps whom it gave certificates for links. */
export const PEERS_SECRET = 'skupper-link-peers'
const KEY = 'peers'

/** About 300 KiB of a Secret. Beyond that the one whose certificate ends first is forgotten. */
export const MAX_PEERS = 1000

const hash = z.string().regex(/^[0-9a-f]{64}$/)

export const peerSchema = z.object({
  keyHash: hash,
  siteId: z.string(),
  siteName: z.string().optional(),
  admitted: z.string(),
  expires: z.string(),
  issuer: hash,
  renews: z.boolean(),
  revoked: z.string().optional(),
})

/**
 * A site that has a certificate for links to this one. `keyHash` is the SHA-256 of its public key (hex): that is who it
 * is; `siteId` and `siteName` are what it calls itself. `admitted` says when a token let it in last, `expires` when the
 * last certificate it was given ends (both RFC 3339). `issuer` is the SHA-256 of the CA certificate that signed the
 * certificate it is known to use. `renews` is false where its key was made here, as Skupper v2 does it. `revoked` says
 * since when (RFC 3339) it has no access any more; a token that is made later lets it in again.
 */
export type LinkPeer = Readonly<z.infer<typeof peerSchema>>

/** The peers that a Secret keeps. Throws `peers/broken`. */
export function readPeers(secret: Secret | undefined): LinkPeer[] {
  if (secret === undefined) return []
  try {
    return z.array(peerSchema).parse(JSON.parse(secretText(secret, KEY) ?? '[]'))
  } catch (cause) {
    const message = `Secret ${secret.metadata.name} is not readable as the list of linked sites.`
    throw new SkupperError('peers/broken', message, { cause })
  }
}

/** The Secret that keeps these peers, in place of the one there is. */
export function peersSecret(peers: readonly LinkPeer[], previous: Secret | undefined): Secret {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'Opaque',
    metadata: {
      ...previous?.metadata,
      name: PEERS_SECRET,
      annotations: { ...previous?.metadata.annotations, [CONTROLLED_ANNOTATION]: 'true' },
    },
    data: secretData({ [KEY]: JSON.stringify(peers) }),
  }
}
