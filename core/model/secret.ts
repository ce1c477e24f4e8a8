import { z } from 'zod'
import { fields, flag, text } from './field-schemas.ts'
import { metadataSchema, type Known } from './resource-schema.ts'

const BASE64 = /^[A-Za-z0-9+/\s]*={0,2}\s*$/

export const secretSchema = fields({
  apiVersion: z.literal('v1', { error: 'v1' }),
  kind: z.literal('Secret'),
  metadata: metadataSchema,
  type: text(253).optional(),
  immutable: flag.optional(),
  data: z.record(z.string(), z.string({ error: 'base64 text' }).regex(BASE64, { error: 'base64 text' })).optional(),
  stringData: z.record(z.string(), z.string({ error: 'text' })).optional(),
})

/** The core Kubernetes Secret: `data` is base64, `stringData` plain and wins over it. */
export type Secret = Known<z.infer<typeof secretSchema>>

/** The type of Secrets with `tls.crt`, `tls.key` and `ca.crt`. */
export const TLS_SECRET = 'kubernetes.io/tls'

/** The plain text of one key of a Secret; undefined where it has none. */
export function secretText(secret: Secret, key: string): string | undefined {
  const plain = secret.stringData?.[key]
  if (plain !== undefined) return plain
  const encoded = secret.data?.[key]
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString('utf8')
}

/** The `data` of a Secret from plain texts. */
export function secretData(texts: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(texts).map(([key, plain]) => [key, Buffer.from(plain, 'utf8').toString('base64')]),
  )
}
