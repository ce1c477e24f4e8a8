import { checkAddress } from '../address.ts'
import { USER_ANNOTATIONS } from '../annotation-names.ts'
import { SkupperError } from '../error.ts'
import { resourceName } from '../field-schemas.ts'
import { mayDo, type ClusterPolicies, type PolicyNamespace } from '../policy/cluster-policy.ts'
import { policyFor, templateAddress, type ExposurePolicy } from '../policy/exposure-policy.ts'
import { isOurs, titleOf, type ExposableObject } from './exposable-object.ts'
import { exposedPorts } from './exposed-ports.ts'
import type { Exposure, ExposureDecision, ExposureTarget, NoExposure } from './exposure.ts'
import { ISTIO_TREATMENTS } from './istio-treatment.ts'
import { annotationsOf, askedFor, invalid, labelsOf, userWish, wordOf, type Asked, type UserWish } from './user-wish.ts'
import type { Protocol } from '../protocol.ts'

/** The policies of a cluster. */
export interface Policies {
  readonly exposure: readonly ExposurePolicy[]
  readonly cluster: ClusterPolicies
}

/** Those of a cluster that has none. */
export const NO_POLICIES: Policies = { exposure: [], cluster: { state: 'absent' } }

/**
 * Whether a Service or workload is exposed, and how: the one rule of webhook and controller. The user's annotations
 * come first, then the exposure policies; the policies of Skupper v1 have the last word. What the webhook wrote into
 * the object never counts as a wish.
 */
export function exposureOf(object: ExposableObject, namespace: PolicyNamespace, policies: Policies): ExposureDecision {
  if (isOurs(object)) return none('ours', 'it belongs to Skupper itself')
  try {
    const wish = userWish(object)
    const asked = askedFor(object, wish)
    const remarks = effectlessKeys(object, wish, asked)
    const decision = decide(object, { wish, asked, namespace, policies })
    return decision.outcome === 'error' ? decision : { ...decision, remarks }
  } catch (error) {
    if (!(error instanceof SkupperError)) throw error
    return { outcome: 'error', code: error.code, message: error.message }
  }
}

interface Question {
  readonly wish: UserWish
  readonly asked: Asked
  readonly namespace: PolicyNamespace
  readonly policies: Policies
}

function decide(object: ExposableObject, question: Question): ExposureDecision {
  const { wish, asked, namespace, policies } = question
  if (asked.answer === 'no') return none('opted-out', `annotation ${USER_ANNOTATIONS.expose} is "false"`)
  if (asked.answer === 'yes') {
    const takesPorts = object.kind !== 'Service' || wish.expose !== undefined
    return permitted(
      object,
      question,
      exposureFor(object, { wish, takesPorts, protocol: asked.protocol, by: asked.by }),
    )
  }
  const policy = policyFor(object, namespace, policies.exposure)
  if (policy === undefined) return none('not-asked', 'neither an annotation nor a policy exposes it')
  return byPolicy(object, question, policy)
}

function byPolicy(object: ExposableObject, question: Question, policy: ExposurePolicy): ExposureDecision {
  const by = `ExposurePolicy ${policy.metadata.name}`
  const { protocol = 'auto', ports: chosen, istio } = policy.spec
  const given = templateAddress(policy, object)
  if ('why' in given) return none('policy-misses', `${by} selects it, but ${given.why}`)
  try {
    const wanted: Wanted = {
      wish: question.wish,
      takesPorts: true,
      protocol: protocol === 'auto' ? undefined : protocol,
      by,
    }
    const exposure = exposureFor(object, { ...wanted, address: given.address })
    const ports = exposure.ports.filter(({ port }) => chosen === undefined || chosen.includes(port))
    if (ports.length === 0) return none('policy-misses', `${by} selects it, but it has none of the policy's ports`)
    const treatment = question.wish.istio === undefined && istio !== undefined ? istio : exposure.istio
    return permitted(object, question, { ...exposure, ports, istio: treatment })
  } catch (error) {
    if (!(error instanceof SkupperError) || error.code !== 'exposure/no-ports') throw error
    return none('policy-misses', `${by} selects it, but ${error.message}`)
  }
}

interface Wanted {
  readonly wish: UserWish
  readonly takesPorts: boolean
  readonly protocol: Protocol | undefined
  readonly by: string
  /** Where the user names none. */
  readonly address?: string
}

function exposureFor(object: ExposableObject, { wish, takesPorts, protocol, by, address }: Wanted): Exposure {
  const headless = wordOf(object, { wish, key: 'headless', words: ['true', 'false'] }) === 'true'
  const { ports, byService } = exposedPorts(object, { wish, protocol, takesPorts })
  return {
    address: addressOf(object, wish, { headless, fallback: address }),
    ports,
    target: targetOf(object, wish, byService),
    headless,
    labels: labelsOf(object, wish),
    annotations: annotationsOf(object, wish),
    hasListener: wordOf(object, { wish, key: 'ingress', words: ['Always', 'Never'] }) !== 'Never',
    ...tlsOf(object, wish, protocol),
    istio: wordOf(object, { wish, key: 'istio', words: ISTIO_TREATMENTS }) ?? 'auto',
    askedBy: by,
  }
}

/** A headless service is called by the names of its pods, which the governing Service's name is part of. */
function addressOf(
  object: ExposableObject,
  wish: UserWish,
  { headless, fallback }: { headless: boolean; fallback: string | undefined },
): string {
  const governing = headless ? object.serviceName : undefined
  const address = checkedAddress(object, wish, governing ?? fallback ?? object.name)
  if (governing === undefined || address === governing) return address
  throw invalid(object, 'address', { given: address, wanted: `"${governing}", as it is headless, or no address` })
}

function checkedAddress(object: ExposableObject, wish: UserWish, otherwise: string): string {
  try {
    return checkAddress(wish.address ?? otherwise)
  } catch (error) {
    const wanted = (error instanceof SkupperError ? error.wanted : undefined) ?? 'a service name'
    if (wish.address !== undefined) throw invalid(object, 'address', { given: wish.address, wanted })
    const message = `${titleOf(object)}: its name is no address (${wanted}); set annotation ${USER_ANNOTATIONS.address}`
    throw new SkupperError('exposure/address', message, { given: otherwise, wanted })
  }
}

function targetOf(object: ExposableObject, wish: UserWish, byService: boolean): ExposureTarget {
  const { kind, namespace, name, selector, externalName } = object
  if (kind === 'Service' && wish.ingressOnly !== undefined) return { type: 'none' }
  if (kind === 'Service' && wish.target !== undefined) return otherService(object, wish.target)
  if (externalName !== undefined) return { type: 'host', host: externalName }
  if (kind === 'Service' && (selector === '' || byService)) return { type: 'service', name, namespace }
  return { type: 'pods', selector }
}

function otherService(object: ExposableObject, given: string): ExposureTarget {
  const [name = '', namespace = object.namespace, ...more] = given.split('.')
  if (more.length === 0 && [name, namespace].every((part) => /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(part))) {
    return { type: 'service', name, namespace }
  }
  throw invalid(object, 'target', { given, wanted: 'a Service, as NAME or NAME.NAMESPACE' })
}

function tlsOf(object: ExposableObject, wish: UserWish, protocol: Protocol | undefined) {
  for (const key of ['tlsCert', 'tlsTrust'] as const) {
    const given = wish[key]
    if (given === undefined) continue
    if (protocol === 'http')
      throw invalid(object, key, { given, wanted: 'none, as the protocol is http; use tcp or http2' })
    if (!resourceName.safeParse(given).success) throw invalid(object, key, { given, wanted: 'the name of a Secret' })
  }
  return { tlsCredentials: wish.tlsCert, tlsTrust: wish.tlsTrust }
}

/** Skupper v1's policies: resource and service must both be allowed. */
function permitted(object: ExposableObject, { namespace, policies }: Question, exposure: Exposure): ExposureDecision {
  const resource = { about: 'exposed-resource', type: object.kind.toLowerCase(), name: object.name } as const
  const service = { about: 'service', address: exposure.address } as const
  const refusal = [resource, service]
    .map((question) => mayDo(question, namespace, policies.cluster))
    .find(({ allowed }) => !allowed)
  if (refusal !== undefined) return none('denied', refusal.reason)
  return { outcome: 'exposed', exposure, remarks: [] }
}

function none(code: NoExposure, reason: string): ExposureDecision {
  return { outcome: 'none', code, reason, remarks: [] }
}

/** What a user wrote that has no effect on this object. */
function effectlessKeys({ kind }: ExposableObject, wish: UserWish, asked: Asked): string[] {
  const { proxy, port, expose, target, ingressOnly, headless } = USER_ANNOTATIONS
  const remarks: string[] = []
  if (wish.headless === 'true')
    remarks.push(`${headless} makes no name for each pod yet: all are called by one address`)
  if (asked.answer === 'no' && wish.proxy !== undefined) remarks.push(`${proxy} has no effect beside ${expose} "false"`)
  if (kind !== 'Service') {
    if (wish.target !== undefined) remarks.push(`${target} has an effect only on a Service`)
    if (wish.ingressOnly !== undefined) remarks.push(`${ingressOnly} has an effect only on a Service`)
  } else if (wish.expose === undefined && wish.proxy !== undefined && wish.port !== undefined) {
    remarks.push(`${port} has no effect on a Service with ${proxy}; use ${expose}`)
  }
  return remarks
}
