import type { AccessToken } from '../../core/model/access-token.ts'
import { withCondition, withReady } from '../../core/model/condition.ts'

/** How far a redemption is: `trying` says what went wrong last, `failed` why it will not be tried again. */
export type RedemptionState =
  | { readonly kind: 'redeemed' }
  | { readonly kind: 'trying'; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string }

const STATEMENTS = {
  redeemed: { status: 'True', reason: 'Ready', message: 'OK' },
  trying: { status: 'False', reason: 'Pending' },
  failed: { status: 'False', reason: 'Error' },
} as const

/** The token with its status brought up to date (skupper-v2 sheet, section 1.7): `redeemed` and its condition. */
export function withRedemption(token: AccessToken, state: RedemptionState, now: Date): AccessToken {
  const { generation } = token.metadata
  const condition = {
    message: 'OK',
    ...STATEMENTS[state.kind],
    ...(state.kind === 'redeemed' ? {} : { message: state.message }),
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    type: 'Redeemed',
  }
  const status = withCondition({ ...token.status, redeemed: state.kind === 'redeemed' }, condition, now)
  return { ...token, status: withReady(status, ['Redeemed'], { now, generation }) }
}
