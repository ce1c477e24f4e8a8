import { SkupperError } from '../model/error.ts'
import { groupOf, qualifiedName, type ResourceType } from './kube-object.ts'

/** What a call was about, for messages. */
export interface CallSubject {
  /** As roles name it: get, list, watch, create, update, patch, delete. */
  readonly verb: string
  readonly type?: ResourceType | undefined
  readonly name?: string | undefined
  readonly namespace?: string | undefined
  readonly subresource?: string | undefined
}

/** What an API server answers in place of what was asked for. */
export interface Refusal {
  /** The HTTP status. */
  readonly status: number
  /** The text of the answer: a Status object, or anything from a proxy in between. */
  readonly body: string
}

interface StatusObject {
  readonly reason: string | undefined
  readonly message: string | undefined
  readonly named: boolean
  /** The plural of the type that the answer is about. */
  readonly of: string | undefined
}

const MAX_QUOTED = 1000

const BY_STATUS: Readonly<Record<number, string>> = {
  400: 'kube/invalid',
  401: 'kube/unauthorized',
  403: 'kube/forbidden',
  404: 'kube/not-found',
  409: 'kube/conflict',
  410: 'kube/gone',
  413: 'kube/invalid',
  415: 'kube/invalid',
  422: 'kube/invalid',
  429: 'kube/unavailable',
}

/** The error of a refused call: its code is the reason, its message says what was wanted and the server's words. */
export function refusalError(refusal: Refusal, subject: CallSubject): SkupperError {
  const status = statusOf(refusal.body)
  const code = codeOf(refusal, status, subject)
  const said = (status.message ?? refusal.body).trim().slice(0, MAX_QUOTED) || `HTTP ${String(refusal.status)}`
  return new SkupperError(code, sentence(code, subject, said), { given: refusal.status })
}

/** The error of a call that was never answered. */
export function unansweredError(server: string, reason: string, cause: unknown): SkupperError {
  return new SkupperError('kube/unreachable', `The API server ${server} cannot be reached: ${reason}`, { cause })
}

/** `Listener backend of namespace east`, as far as a call names it. */
export function subjectText({ type, name, namespace }: CallSubject): string {
  const what = type === undefined ? 'the API server' : name === undefined ? type.plural : `${type.kind} ${name}`
  return namespace === undefined ? what : `${what} in namespace ${namespace}`
}

/** The code of anything that was thrown; undefined for what is no SkupperError. */
export function errorCode(thrown: unknown): string | undefined {
  return thrown instanceof SkupperError ? thrown.code : undefined
}

function codeOf(refusal: Refusal, said: StatusObject, { type }: CallSubject): string {
  const { status } = refusal
  if (isNamespaceGone(status, said, type)) return 'kube/no-namespace'
  if (status === 404 && !said.named && type !== undefined) return 'kube/no-crd'
  if (status === 409 && said.reason === 'AlreadyExists') return 'kube/exists'
  if (isOtherUid(status, said)) return 'kube/replaced'
  return BY_STATUS[status] ?? (status >= 500 ? 'kube/unavailable' : 'kube/refused')
}

/** A write that named a uid found no object of that name (409), or another one (422, as a change of its uid). */
function isOtherUid(status: number, { message = '' }: StatusObject): boolean {
  return status === 409 ? /\buid\b/i.test(message) : status === 422 && message.includes('metadata.uid')
}

function isNamespaceGone(status: number, { message = '', of }: StatusObject, type: ResourceType | undefined): boolean {
  if (type?.kind === 'Namespace') return false
  return (status === 404 && of === 'namespaces') || (status === 403 && message.includes('being terminated'))
}

function sentence(code: string, subject: CallSubject, said: string): string {
  if (code === 'kube/forbidden') return `${permissionText(subject)} is not permitted: ${said}`
  if (code === 'kube/no-crd' && subject.type !== undefined) return missingTypeText(subject.type)
  if (code === 'kube/unauthorized') return `The API server does not accept our credentials: ${said}`
  return `Cannot ${subject.verb} ${subjectText(subject)}: ${said}`
}

function missingTypeText(type: ResourceType): string {
  const missing = `The cluster does not know ${type.kind} (${type.apiVersion})`
  if (groupOf(type) !== 'skupper.io') return missing
  return `${missing}. An administrator can install it: skupper crds | kubectl apply -f -`
}

/** `patch listeners.skupper.io/status in namespace east`, the words in which a role grants it. */
function permissionText({ verb, type, subresource, namespace }: CallSubject): string {
  const resource = type === undefined ? 'this' : qualifiedName(type)
  const whole = subresource === undefined ? resource : `${resource}/${subresource}`
  return namespace === undefined ? `${verb} ${whole}` : `${verb} ${whole} in namespace ${namespace}`
}

function statusOf(body: string): StatusObject {
  const value = parsed(body)
  const details = memberOf(value, 'details')
  return {
    reason: textOf(memberOf(value, 'reason')),
    message: textOf(memberOf(value, 'message')),
    named: memberOf(details, 'name') !== undefined,
    of: textOf(memberOf(details, 'kind')),
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
