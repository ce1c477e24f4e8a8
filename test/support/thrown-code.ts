import { SkupperError } from '../../core/model/error.ts'

/** The code of the SkupperError that `run` throws; undefined if it throws nothing. Another error passes through. */
export function thrownCode(run: () => unknown): string | undefined {
  try {
    run()
    return undefined
  } catch (error) {
    if (error instanceof SkupperError) return error.code
    throw error
  }
}
