import { SkupperError } from '../../core/model/error.ts'

/** The code of the SkupperError that `act` throws; undefined if it throws nothing. Other errors go on. */
export function codeOf(act: () => unknown): string | undefined {
  try {
    act()
    return undefined
  } catch (error) {
    if (error instanceof SkupperError) return error.code
    throw error
  }
}
