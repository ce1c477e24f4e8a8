import { setTimeout as delay } from 'node:timers/promises'
import type { KubeClient } from '../../../core/kube/kube-client.ts'
import { POD, SECRET } from '../../../core/kube/resource-types.ts'
import { SkupperError } from '../../../core/model/error.ts'
import { formerIssuer, SITE_ISSUER } from '../../../core/model/link-issuer.ts'
import { accessRevoked } from '../access-revoked.ts'
import type { Resources } from '../platform.ts'

const ROUTER_CREDENTIALS = 'skupper-router-credentials'
const ROUTER_PODS = 'application=skupper-router'
const DEADLINE_MS = 30_000
const PAUSE_MS = 100

/**
 * Takes all tokens and the site's certificate authority away: the controller makes a new one, and what the old one has
 * signed, links of other sites, is worth nothing any more. Says what was done, a line each.
 */
export async function revokeAccess(client: KubeClient, resources: Resources): Promise<string[]> {
  const grants = await resources.list('AccessGrant')
  for (const { metadata } of grants) await resources.delete('AccessGrant', metadata.name)
  const before = (await client.get(SECRET, ROUTER_CREDENTIALS))?.metadata.resourceVersion
  await client.delete(SECRET, formerIssuer(SITE_ISSUER))
  const hadAuthority = await client.delete(SECRET, SITE_ISSUER)
  if (hadAuthority) await replaceRouters(client, before)
  return accessRevoked(grants.length, hadAuthority)
}

/** A certificate is looked at when a connection begins: what is up ends with its router, once there are new ones. */
async function replaceRouters(client: KubeClient, before: string | undefined): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS
  for (;;) {
    const isMade = (await client.get(SECRET, SITE_ISSUER)) !== undefined
    const given = await client.get(SECRET, ROUTER_CREDENTIALS)
    if (isMade && given?.metadata.resourceVersion !== before) break
    if (performance.now() > deadline) throw notReplaced()
    await delay(PAUSE_MS)
  }
  const pods = await client.list(POD, { labelSelector: ROUTER_PODS })
  for (const { metadata } of pods) await client.delete(POD, metadata.name)
}

function notReplaced(): SkupperError {
  const message = 'the tokens and the certificate authority are taken away, but the controller has made no new one yet'
  return new SkupperError('access/not-replaced', `${message}: links that are up end when their routers restart`)
}
