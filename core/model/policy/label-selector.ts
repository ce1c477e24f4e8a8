import { z } from 'zod'
import { fields, oneOf, text, textMap } from '../field-schemas.ts'
import type { Labels } from '../labels.ts'

const MAX_REQUIREMENTS = 64
const MAX_VALUES = 256

const requirementSchema = fields({
  key: text(316),
  operator: oneOf(['In', 'NotIn', 'Exists', 'DoesNotExist']),
  values: z
    .array(z.string({ error: 'text' }))
    .max(MAX_VALUES, { error: `at most ${String(MAX_VALUES)} values` })
    .optional(),
}).refine(({ operator, values = [] }) => operator.endsWith('In') === values.length > 0, {
  error: 'values for In and NotIn, and none for Exists and DoesNotExist',
})

/** A label selector as Kubernetes writes it. An empty one selects everything. */
export const labelSelectorSchema = fields({
  matchLabels: textMap.optional(),
  matchExpressions: z
    .array(requirementSchema)
    .max(MAX_REQUIREMENTS, { error: `at most ${String(MAX_REQUIREMENTS)} requirements` })
    .optional(),
})

export type LabelSelector = z.infer<typeof labelSelectorSchema>
type Requirement = z.infer<typeof requirementSchema>

/** Whether an object with these labels is selected. */
export function selects(selector: LabelSelector, labels: Labels): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector
  // Without a list in between: hundreds of policies may be asked for each object.
  for (const key in matchLabels) {
    if (!Object.hasOwn(labels, key) || labels[key] !== matchLabels[key]) return false
  }
  return matchExpressions.every((requirement) => isMet(requirement, labels))
}

/** The selector as text, as a Connector and `kubectl -l` take it: `app=web,tier in (a,b),!old`; empty for everything. */
export function selectorText(selector: LabelSelector): string {
  const equal = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`)
  return [...equal, ...(selector.matchExpressions ?? []).map(requirementText)].join(',')
}

/** matchLabels and matchExpressions as one list. */
export function requirementsOf({ matchLabels = {}, matchExpressions = [] }: LabelSelector): Requirement[] {
  const equal = Object.entries(matchLabels).map(([key, value]) => ({ key, operator: 'In' as const, values: [value] }))
  return [...equal, ...matchExpressions]
}

function isMet({ key, operator, values = [] }: Requirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
  }
}

function requirementText({ key, operator, values = [] }: Requirement): string {
  switch (operator) {
    case 'In':
      return `${key} in (${values.join(',')})`
    case 'NotIn':
      return `${key} notin (${values.join(',')})`
    case 'Exists':
      return key
    case 'DoesNotExist':
      return `!${key}`
  }
}
