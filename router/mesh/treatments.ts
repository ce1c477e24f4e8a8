import { plainAddress } from './address.ts'

/** How messages to an address are spread; the numbers are those of the wire (protocol sheet, section 2). */
export const TREATMENT = { flood: 0, multicast: 1, closest: 2, balanced: 3, unavailable: 4 } as const

export type Treatment = (typeof TREATMENT)[keyof typeof TREATMENT]

/** Which addresses have a treatment: those that begin with the words of `prefix`, or that `pattern` describes. */
export interface TreatmentRule {
  readonly prefix?: string
  /** Words parted by `/` or `.`; `*` stands for one word, `#` for any number of them. */
  readonly pattern?: string
  readonly treatment: Treatment
}

const MULTICAST_BY_CONVENTION: TreatmentRule = { prefix: 'mc', treatment: TREATMENT.multicast }

/** The configured treatments. A later rule wins over an earlier one, any rule over the convention for `mc/…`. */
export class Treatments {
  #rules: { rule: TreatmentRule; words: string[] }[] = [compiled(MULTICAST_BY_CONVENTION)]

  add(rule: TreatmentRule): void {
    this.#rules.unshift(compiled(rule))
  }

  remove(rule: TreatmentRule): void {
    this.#rules = this.#rules.filter((each) => each.rule !== rule)
  }

  /** The treatment configured for `address`; undefined leaves it to whoever consumes there. */
  of(address: string): Treatment | undefined {
    const words = wordsOf(plainAddress(address))
    return this.#rules.find((each) => matches(each.words, words))?.rule.treatment
  }
}

/** The treatment behind a number from the wire; what is unknown counts as balanced. */
export function treatmentOf(wire: number): Treatment {
  return Object.values(TREATMENT).find((known) => known === wire) ?? TREATMENT.balanced
}

/** True if every consumer gets a copy. */
export function isMulticast(treatment: Treatment): boolean {
  return treatment === TREATMENT.flood || treatment === TREATMENT.multicast
}

function compiled(rule: TreatmentRule): { rule: TreatmentRule; words: string[] } {
  return { rule, words: rule.pattern === undefined ? [...wordsOf(rule.prefix ?? ''), '#'] : wordsOf(rule.pattern) }
}

function wordsOf(text: string): string[] {
  return text.split(/[/.]/)
}

function matches([wanted, ...restWanted]: string[], words: string[]): boolean {
  if (wanted === undefined) return words.length === 0
  if (wanted === '#') return words.some((_, at) => matches(restWanted, words.slice(at))) || matches(restWanted, [])
  return words.length > 0 && (wanted === '*' || wanted === words[0]) && matches(restWanted, words.slice(1))
}
