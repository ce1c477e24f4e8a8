import type { AccessToken } from '../../core/model/access-token.ts'
import { error, pending, withStatements, type Trouble } from '../site/statements.ts'

/** How far a redemption is: `trying` says what went wrong last, `failed` why it will not be tried again. */
export type RedemptionState =
  | { readonly kind: 'redeemed' }
  | { readonly kind: 'trying'; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string }

/** The token with its status brought up to date (skupper-v2 sheet, section 1.7): `redeemed` and its condition. */
export function withRedemption(token: AccessToken, state: RedemptionState, now: Date): AccessToken {
  const status = { ...token.status, redeemed: state.kind === 'redeemed' }
  const options = { required: ['Redeemed'], now, generation: token.metadata.generation }
  return { ...token, status: withStatements(status, [{ type: 'Redeemed', trouble: troubleOf(state) }], options) }
}

function troubleOf(state: RedemptionState): Trouble | undefined {
  if (state.kind === 'redeemed') return undefined
  return state.kind === 'trying' ? pending(state.message) : error(state.message)
}
