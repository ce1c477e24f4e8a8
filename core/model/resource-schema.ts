import { z } from 'zod'
import { conditionSchema } from './condition.ts'
import { fields, integer, labelName, resourceName, text, textMap } from './field-schemas.ts'

/** Group and version of every kind but Secret. */
export const API_VERSION = 'skupper.io/v2alpha1'

/** What Kubernetes keeps about every object; what it adds beyond this passes through untouched. */
export const metadataSchema = z.looseObject({
  name: resourceName,
  namespace: labelName.optional(),
  uid: text(128).optional(),
  labels: textMap.optional(),
  annotations: textMap.optional(),
  creationTimestamp: z.string().optional(),
  generation: integer(0, Number.MAX_SAFE_INTEGER).optional(),
})

const commonStatus = {
  status: z.string().optional(),
  message: z.string().optional(),
  conditions: z.array(conditionSchema).optional(),
}

/**
 * The schema of one kind of `skupper.io/v2alpha1`. Unknown fields of the spec are refused by name; the status is
 * written by controllers, newer ones too, so unknown fields are kept there.
 */
export function resourceSchema<Name extends string, Spec extends z.ZodType, Status extends z.ZodRawShape>(
  kind: Name,
  parts: { spec: Spec; status: Status },
) {
  return fields({
    apiVersion: z.literal(API_VERSION, { error: API_VERSION }),
    kind: z.literal(kind),
    metadata: metadataSchema,
    spec: parts.spec,
    status: z.looseObject({ ...commonStatus, ...parts.status }).optional(),
  })
}

/** A schema's type without the index signatures that "unknown fields pass" leaves, so that misspelt fields show. */
export type Known<T> = T extends readonly (infer Item)[]
  ? Known<Item>[]
  : T extends object
    ? { [Key in keyof T as unknown extends T[Key] ? (string extends Key ? never : Key) : Key]: Known<T[Key]> }
    : T

export type Metadata = Known<z.infer<typeof metadataSchema>>
