import type { KeyObject } from 'node:crypto'
import { parseAllDocuments } from 'yaml'
import { messageOf, SkupperError } from '../../core/model/error.ts'
import type { Link } from '../../core/model/link.ts'
import { isKind, parseResource } from '../../core/model/resource.ts'
import type { Resource } from '../../core/model/resource.ts'
import { secretText } from '../../core/model/secret.ts'
import type { Secret } from '../../core/model/secret.ts'
import { requireKeyOf } from '../../core/pki/certificate.ts'
import { requireChain } from '../../core/pki/chain.ts'
import type { Credentials } from '../../core/model/credentials.ts'
import { privateKeyPem, readPrivateKey } from '../../core/pki/key.ts'

/** A Link for each router of a site. */
const MAX_LINKS = 16
const BAD_ANSWER = 'redemption/bad-answer'

/** What a redeemed token becomes: Links that name these credentials. */
export interface Redeemed {
  readonly links: readonly Link[]
  readonly credentials: Required<Credentials>
}

export interface AnswerContext {
  /** Name of the token, which the Link and its credentials take. What the answer calls them does not count. */
  readonly name: string
  /** Overrides the cost in the answer where it is above 0. */
  readonly linkCost: number | undefined
  /** The key that a certificate was asked for. */
  readonly identityKey: KeyObject
}

/**
 * Reads the answer to a redemption: a Secret and Links as YAML documents. The certificate must be for our key, or for
 * the one a Skupper v2 server sends along, and issued by the CA beside it. Throws `redemption/bad-answer`.
 */
export function readAnswer(yaml: string, context: AnswerContext): Redeemed {
  try {
    const resources = documentsOf(yaml)
    const [secret, ...others] = resources.filter((resource) => isKind(resource, 'Secret'))
    const links = resources.filter((resource) => isKind(resource, 'Link'))
    if (secret === undefined || others.length > 0) throw badAnswer('it does not have exactly one Secret')
    if (links.length === 0) throw badAnswer('it has no Link')
    return {
      links: renamed(links, secret.metadata.name, context),
      credentials: credentialsOf(secret, context.identityKey),
    }
  } catch (cause) {
    if (cause instanceof SkupperError && cause.code === BAD_ANSWER) throw cause
    throw badAnswer(messageOf(cause), cause)
  }
}

function documentsOf(yaml: string): Resource[] {
  const documents = parseAllDocuments(yaml)
  if (documents.length > MAX_LINKS + 1) throw badAnswer(`it has ${String(documents.length)} documents`)
  return documents.map((document) => {
    const [error] = document.errors
    if (error !== undefined) throw error
    return parseResource(document.toJS({ maxAliasCount: 0 }))
  })
}

function renamed(links: readonly Link[], secretName: string, { name, linkCost = 0 }: AnswerContext): Link[] {
  return links.map((link, index) => {
    const { tlsCredentials = '' } = link.spec
    if (tlsCredentials !== secretName) throw badAnswer(`its Link names other credentials, "${tlsCredentials}"`)
    const cost = linkCost > 0 ? linkCost : link.spec.cost
    return {
      apiVersion: link.apiVersion,
      kind: link.kind,
      metadata: { name: links.length === 1 ? name : `${name}-${String(index + 1)}` },
      spec: { ...link.spec, tlsCredentials: name, ...(cost === undefined ? {} : { cost }) },
    }
  })
}

function credentialsOf(secret: Secret, identityKey: KeyObject): Required<Credentials> {
  const certificate = secretText(secret, 'tls.crt') ?? ''
  const ca = secretText(secret, 'ca.crt') ?? ''
  const sent = secretText(secret, 'tls.key')
  const key = sent === undefined ? identityKey : readPrivateKey(sent)
  requireKeyOf(requireChain(certificate, ca), key)
  return { certificate, ca, key: privateKeyPem(key) }
}

function badAnswer(why: string, cause?: unknown): SkupperError {
  return new SkupperError(BAD_ANSWER, `The issuing site's answer is not usable: ${why}.`, { cause })
}
