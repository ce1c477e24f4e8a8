/** What a look at one part on the way of a call has found. `remedy` is there where something is wrong. */
export interface Finding {
  /** `listener backend-8080`. */
  part: string
  says: string
  /** What to do about it. */
  remedy?: string
}

export const isWrong = ({ remedy }: Finding): boolean => remedy !== undefined

/** `listener backend-8080: configured`. */
export const findingText = ({ part, says }: Finding): string => `${part}: ${says}`
