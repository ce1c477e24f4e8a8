import { asOneOf, composite } from './composite.ts'
import { peerError } from './conditions.ts'
import type { Cause } from './conditions.ts'
import type { SkupperError } from '../../core/model/error.ts'
import type { DeliveryState } from './delivery.ts'
import type { Described } from './value.ts'

/** What stands in a disposition for `state`. */
export function stateValue(state: DeliveryState): Described {
  switch (state.kind) {
    case 'received':
      return composite('received', { sectionNumber: 0, sectionOffset: state.offset })
    case 'accepted':
      return composite('accepted', {})
    case 'rejected': {
      const { condition, description } = state
      return composite('rejected', {
        error: condition === undefined ? undefined : errorValue({ condition, description }),
      })
    }
    case 'released':
      return composite('released', {})
    case 'modified': {
      const { deliveryFailed, undeliverableHere } = state
      return composite('modified', { deliveryFailed, undeliverableHere })
    }
  }
}

/** Reads what stands in a disposition; undefined for none and for states we do not know. @throws SkupperError `amqp/decode-error` */
export function readState(value: unknown): DeliveryState | undefined {
  const state = asOneOf(value, ['received', 'accepted', 'released', 'rejected', 'modified'])
  switch (state?.name) {
    case 'received':
      return { kind: 'received', offset: state.fields.sectionOffset }
    case 'accepted':
      return { kind: 'accepted' }
    case 'released':
      return { kind: 'released' }
    case 'rejected':
      return { kind: 'rejected', ...readCause(state.fields.error) }
    case 'modified': {
      const { deliveryFailed = false, undeliverableHere = false } = state.fields
      return { kind: 'modified', deliveryFailed, undeliverableHere }
    }
    case undefined:
      return undefined
  }
}

/** What stands in a detach, end or close for `cause`. */
export function errorValue(cause: Cause | undefined): Described | undefined {
  return cause === undefined ? undefined : composite('error', cause)
}

function readCause(value: unknown): { condition?: string; description?: string } {
  const fields = asOneOf(value, ['error'])?.fields
  if (fields === undefined) return {}
  const { condition, description } = fields
  return description === undefined ? { condition } : { condition, description }
}

/** The error that came in a detach, end or close. */
export function readError(value: unknown): SkupperError | undefined {
  const { condition, description } = readCause(value)
  return condition === undefined ? undefined : peerError(condition, description)
}
