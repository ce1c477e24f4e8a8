import type { z } from 'zod'
import { accessGrantSchema, type AccessGrant } from './access-grant.ts'
import { accessTokenSchema, type AccessToken } from './access-token.ts'
import { connectorSchema, type Connector } from './connector.ts'
import { SkupperError } from './error.ts'
import { linkSchema, type Link } from './link.ts'
import { listenerSchema, type Listener } from './listener.ts'
import { multiKeyListenerSchema, type MultiKeyListener } from './multi-key-listener.ts'
import { remoteSiteSchema, type RemoteSite } from './remote-site.ts'
import { routerAccessSchema, type RouterAccess } from './router-access.ts'
import { explain, quoted, withoutNulls, type Explanation } from './schema-issue.ts'
import { secretSchema, type Secret } from './secret.ts'
import { siteSchema, type Site } from './site.ts'

/** Everything a namespace is made of, told apart by `kind`. */
export type Resource =
  AccessGrant | AccessToken | Connector | Link | Listener | MultiKeyListener | RemoteSite | RouterAccess | Secret | Site

export type Kind = Resource['kind']
export type ResourceOf<K extends Kind> = Extract<Resource, { kind: K }>

/** The schema of each kind: the one source of validation, and of the CRDs. */
export const RESOURCE_SCHEMAS = {
  AccessGrant: accessGrantSchema,
  AccessToken: accessTokenSchema,
  Connector: connectorSchema,
  Link: linkSchema,
  Listener: listenerSchema,
  MultiKeyListener: multiKeyListenerSchema,
  RemoteSite: remoteSiteSchema,
  RouterAccess: routerAccessSchema,
  Secret: secretSchema,
  Site: siteSchema,
} satisfies Record<Kind, z.ZodType<Resource>>

/** What is wrong with a value that should be a resource; `path` leads to the field. */
export interface ResourceIssue extends Explanation {
  /** `Kind name`, as far as the value tells. */
  subject: string
}

/**
 * The resource that a value (of parsed YAML or JSON) describes. A null counts as absent, as Kubernetes has it.
 * Throws `resource/invalid`; the message names kind and name, the field, what is there and what is wanted.
 */
export function parseResource(value: unknown): Resource {
  const checked = checkResource(value)
  if (!('issue' in checked)) return checked.resource
  const { issue } = checked
  throw new SkupperError('resource/invalid', issueMessage(issue), { given: issue.given, wanted: issue.wanted })
}

/** Like `parseResource`, for one kind. */
export function parseResourceOf<K extends Kind>(kind: K, value: unknown): ResourceOf<K> {
  const resource = parseResource(value)
  if (isKind(resource, kind)) return resource
  const message = `${resource.kind} ${resource.metadata.name}: kind is "${resource.kind}"; wanted ${kind}`
  throw new SkupperError('resource/invalid', message, { given: resource.kind, wanted: kind })
}

/** Like `parseResource`, answering the first issue in place of throwing it. */
export function checkResource(value: unknown): { resource: Resource } | { issue: ResourceIssue } {
  const plain = withoutNulls(value)
  const subject = subjectOf(plain)
  const kind = fieldOf(plain, 'kind')
  if (!isKnownKind(kind)) {
    const wanted = `one of ${Object.keys(RESOURCE_SCHEMAS).join(', ')}`
    return { issue: { subject, path: ['kind'], fault: faultOf(kind), given: kind, wanted } }
  }
  const result = RESOURCE_SCHEMAS[kind].safeParse(plain)
  if (result.success) return { resource: result.data }
  return { issue: { subject, ...explain(result.error, plain) } }
}

/** An issue as one sentence. */
export function issueMessage({ subject, path, fault, wanted }: ResourceIssue): string {
  return `${subject}: ${path.join('.') || 'the document'} ${fault}; wanted ${wanted}`
}

export function isKind<K extends Kind>(resource: Resource, kind: K): resource is ResourceOf<K> {
  return resource.kind === kind
}

export function isKnownKind(kind: unknown): kind is Kind {
  return typeof kind === 'string' && Object.hasOwn(RESOURCE_SCHEMAS, kind)
}

function faultOf(kind: unknown): string {
  return kind === undefined ? 'is missing' : `is ${quoted(kind)}`
}

function subjectOf(value: unknown): string {
  const words = [fieldOf(value, 'kind'), fieldOf(fieldOf(value, 'metadata'), 'name')]
  return words.filter((word) => typeof word === 'string').join(' ') || 'resource'
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined
}
