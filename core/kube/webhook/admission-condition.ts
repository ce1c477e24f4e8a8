import { MANAGED_BY, MANAGED_BY_LABEL } from '../../model/annotation-names.ts'
import type { ExposurePolicy } from '../../model/policy/exposure-policy.ts'
import { requirementsOf, type LabelSelector } from '../../model/policy/label-selector.ts'
import { ROUTER_ACCOUNT, SITE_CONTROLLER } from '../site-rbac.ts'
import { WEBHOOK } from './webhook-name.ts'

/** Beyond this many, the condition asks for the kinds of policies only: an API server bounds what it may cost. */
const MAX_SELECTORS = 16

/** One condition (in CEL) under which an API server asks a webhook. */
export interface MatchCondition {
  readonly name: string
  readonly expression: string
}

const LABELS = 'object.metadata.labels'
const ANNOTATED =
  "has(object.metadata.annotations) && object.metadata.annotations.exists(key, key.startsWith('skupper.io/'))"

/** True for what none of our own programs does. */
export const NOT_BY_US: MatchCondition = {
  name: 'not-by-skupper',
  expression:
    "!(request.userInfo.username.startsWith('system:serviceaccount:') && " +
    `[${[SITE_CONTROLLER, ROUTER_ACCOUNT, WEBHOOK].map((name) => `':${name}'`).join(', ')}]` +
    '.exists(name, request.userInfo.username.endsWith(name)))',
}

/** True for objects that carry an annotation of ours, or that one of these policies may expose. */
export function exposureConditions(policies: readonly ExposurePolicy[]): MatchCondition[] {
  const asking = policies.filter(({ spec }) => spec.dryRun !== true)
  const reasons = [`(${ANNOTATED})`, ...policyReasons(asking)]
  const isOurs = `has(${LABELS}) && '${MANAGED_BY_LABEL}' in ${LABELS} && ${LABELS}['${MANAGED_BY_LABEL}'] == '${MANAGED_BY}'`
  return [
    { name: 'concerns-exposure', expression: reasons.join(' || ') },
    { name: 'not-of-skupper', expression: `!(${isOurs})` },
    NOT_BY_US,
  ]
}

function policyReasons(policies: readonly ExposurePolicy[]): string[] {
  if (policies.length === 0) return []
  if (policies.length > MAX_SELECTORS) {
    return [kindIn([...new Set(policies.flatMap(({ spec }) => spec.kinds ?? ['Service']))].sort())]
  }
  const reasons = policies.map(({ spec }) => {
    return `(${[kindIn(spec.kinds ?? ['Service']), ...labelReasons(spec.selector ?? {})].join(' && ')})`
  })
  return [...new Set(reasons)].sort()
}

function kindIn(kinds: readonly string[]): string {
  return `request.kind.kind in [${kinds.map((kind) => `'${kind}'`).join(', ')}]`
}

function labelReasons(selector: LabelSelector): string[] {
  return requirementsOf(selector).map(({ key, operator, values = [] }) => {
    const name = celText(key)
    const has = `(has(${LABELS}) && ${name} in ${LABELS})`
    const isAmong = `(has(${LABELS}) && ${name} in ${LABELS} && ${LABELS}[${name}] in [${values.map(celText).join(', ')}])`
    switch (operator) {
      case 'In':
        return isAmong
      case 'NotIn':
        return `!${isAmong}`
      case 'Exists':
        return has
      case 'DoesNotExist':
        return `!${has}`
    }
  })
}

/** A text in CEL; JSON's escapes are among CEL's. */
function celText(text: string): string {
  return JSON.stringify(text)
}
