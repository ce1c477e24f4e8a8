import type { AttributesOf } from '../../config/entities.ts'
import { TREATMENT } from '../../mesh/treatments.ts'
import type { TreatmentRule } from '../../mesh/treatments.ts'
import { configuredType } from '../configured-type.ts'
import type { EntityType } from '../entity-type.ts'
import { refuseSet } from './unsupported.ts'

/** The rules that say how messages to an address are spread. */
export interface TreatmentRules {
  add(rule: TreatmentRule): void
  remove(rule: TreatmentRule): void
}

/** `router.config.address`: how messages to addresses with a prefix or of a pattern are spread. */
export function addressType(treatments: TreatmentRules): EntityType {
  return configuredType({
    type: 'address',
    start: (attributes) => {
      const rule = ruleOf(attributes)
      treatments.add(rule)
      return {
        close: () => {
          treatments.remove(rule)
        },
      }
    },
  })
}

function ruleOf({ prefix, pattern, distribution, ...rest }: AttributesOf<'address'>): TreatmentRule {
  refuseSet(`address ${prefix ?? pattern ?? ''}`, rest, ['priority'])
  return {
    treatment: TREATMENT[distribution],
    ...(prefix === undefined ? {} : { prefix }),
    ...(pattern === undefined ? {} : { pattern }),
  }
}
