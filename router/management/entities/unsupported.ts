import { SkupperError } from '../../../core/model/error.ts'
import type { Attributes } from '../entity-type.ts'

/**
 * Refuses attributes that skupper-router has and this router has not: whoever sets them relies on them. Throws
 * `config/not-supported`.
 */
export function refuseSet(entity: string, attributes: Attributes, unsupported: readonly string[]): void {
  const name = unsupported.find((each) => attributes[each] !== undefined)
  if (name === undefined) return
  throw new SkupperError('config/not-supported', `${entity}: ${name} is not supported by this router`, {
    given: attributes[name],
  })
}

/** Refuses a value that skupper-router knows and this router does not. Throws `config/not-supported`. */
export function refuseOther(
  entity: string,
  attribute: Readonly<Record<string, string>>,
  supported: readonly string[],
): void {
  for (const [name, given] of Object.entries(attribute)) {
    if (supported.includes(given)) continue
    const wanted = supported.join(' or ')
    throw new SkupperError('config/not-supported', `${entity}: ${name} is ${given}; this router supports ${wanted}`, {
      given,
      wanted,
    })
  }
}
