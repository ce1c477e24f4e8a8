/** Something that reads bytes of strangers. */
export interface FuzzTarget {
  readonly name: string
  /** The file in test/corpus that its inputs are made of. */
  readonly corpus: string
  /**
   * A fresh reader. It may throw a SkupperError for what it cannot take; anything else thrown is a fault. What it keeps
   * between inputs has to stay bounded.
   */
  make(): (input: Buffer) => void
}
