import type { KeyObject, X509Certificate } from 'node:crypto'
import { stringify } from 'yaml'
import { SkupperError } from '../../core/model/error.ts'
import type { Link } from '../../core/model/link.ts'
import { API_VERSION } from '../../core/model/resource-schema.ts'
import { parseResource } from '../../core/model/resource.ts'
import { secretData, TLS_SECRET } from '../../core/model/secret.ts'
import type { Secret } from '../../core/model/secret.ts'
import type { Endpoint } from '../../core/model/site.ts'
import type { Authority } from '../../core/pki/authority.ts'
import type { Credentials } from '../../core/model/credentials.ts'
import { issueCertificate, issueCredentials } from '../../core/pki/issue.ts'
import { MAX_COMMON_NAME } from '../../core/pki/signed-asn1.ts'

const DEFAULT_COST = 1

/** What a site needs to let another one link to it. */
export interface IssuingSite {
  /** The CA that signs for other sites; its router accepts what it signs. */
  readonly authority: Authority
  /** The CA certificates of which a peer may show a certificate: that of the authority, and while it changes the one before. */
  readonly issuers: readonly X509Certificate[]
  /** Where its router can be dialled, by role; `group` tells routers of one site apart. */
  readonly endpoints: readonly Endpoint[]
  /** How long a certificate for another site is valid, in milliseconds. */
  readonly certificateLifeMs: number
}

export interface AnswerRequest {
  /** Name of the Link and of its Secret in the site that asks. */
  readonly name: string
  /** What the other site calls itself: the certificate's common name, which proves nothing. */
  readonly subject: string
  /** The key to certify; without it a key is made and sent along, as Skupper v2 does. */
  readonly publicKey: KeyObject | undefined
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** An answer, and the certificate in it (PEM, its own first). */
export interface MadeAnswer {
  readonly yaml: string
  readonly certificate: string
}

/**
 * The answer of Skupper v2 as YAML: a Secret, then a Link for each endpoint group (skupper-v2 sheet, section 4).
 * Throws `grant/no-endpoints` while the site cannot be linked to.
 */
export async function redemptionAnswer(site: IssuingSite, request: AnswerRequest): Promise<MadeAnswer> {
  const links = linksTo(site.endpoints, request.name)
  const commonName = request.subject.slice(0, MAX_COMMON_NAME)
  const leaf = { commonName, now: request.now, lifeMs: site.certificateLifeMs }
  const credentials: Credentials =
    request.publicKey === undefined
      ? await issueCredentials(site.authority, leaf)
      : { certificate: await issueCertificate(site.authority, request.publicKey, leaf), ca: site.authority.trust }
  const documents = [credentialsSecret(request.name, credentials), ...links].map((resource) =>
    stringify(parseResource(resource)),
  )
  return { yaml: documents.join('---\n'), certificate: credentials.certificate }
}

function credentialsSecret(name: string, { certificate, ca, key }: Credentials): Secret {
  const texts = { 'tls.crt': certificate, 'ca.crt': ca, ...(key === undefined ? {} : { 'tls.key': key }) }
  return { apiVersion: 'v1', kind: 'Secret', type: TLS_SECRET, metadata: { name }, data: secretData(texts) }
}

function linksTo(endpoints: readonly Endpoint[], name: string): Link[] {
  const groups = [...Map.groupBy(endpoints.flatMap(dialledEndpoint), ({ group }) => group ?? '').values()]
  if (groups.length === 0) {
    throw new SkupperError('grant/no-endpoints', 'This site has no address yet that another site could link to.')
  }
  return groups.map((group, index) => ({
    apiVersion: API_VERSION,
    kind: 'Link',
    metadata: { name: groups.length === 1 ? name : `${name}-${String(index + 1)}` },
    spec: { endpoints: group, tlsCredentials: name, cost: DEFAULT_COST },
  }))
}

type LinkEndpoint = Link['spec']['endpoints'][number]

function dialledEndpoint({ name, host, port, group }: Endpoint): LinkEndpoint[] {
  if (name !== 'inter-router' && name !== 'edge') return []
  return [{ name, host, port, ...(group === undefined ? {} : { group }) }]
}
