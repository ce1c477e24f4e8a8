import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { GivenCredentials } from '../../core/model/credentials.ts'

const ordinalsSchema = z.record(z.string(), z.object({ hash: z.string(), ordinal: z.int().min(0) }))

/** How often the content of each set of credentials has changed. A router reads files again when the number grows. */
export type CredentialOrdinals = Readonly<z.infer<typeof ordinalsSchema>>

/** The numbers after a look at what there is now: one that is new begins at 0, one that changed grows by 1. */
export function nextOrdinals(
  before: CredentialOrdinals,
  credentials: ReadonlyMap<string, GivenCredentials>,
): CredentialOrdinals {
  const entries = [...credentials].map(([name, content]) => {
    const hash = hashOf(content)
    const known = before[name]
    if (known === undefined) return [name, { hash, ordinal: 0 }] as const
    return [name, known.hash === hash ? known : { hash, ordinal: known.ordinal + 1 }] as const
  })
  // What is gone for now keeps its number: it may come back while the router still knows it.
  return { ...before, ...Object.fromEntries(entries) }
}

/** The numbers that a text keeps; none if it is empty or cannot be read, which costs a reading of each certificate. */
export function readOrdinals(text: string): CredentialOrdinals {
  try {
    return ordinalsSchema.parse(JSON.parse(text))
  } catch {
    return {}
  }
}

function hashOf({ ca, certificate = '', key = '' }: GivenCredentials): string {
  return createHash('sha256').update([ca, certificate, key].join('\0')).digest('hex')
}
