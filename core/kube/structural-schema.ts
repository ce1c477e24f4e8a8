/** A schema as a CustomResourceDefinition takes it. */
export type StructuralSchema = Record<string, unknown>

/** Keywords that mean the same in JSON Schema and in a structural schema. */
const KEPT = [
  'default',
  'description',
  'enum',
  'maxItems',
  'maxLength',
  'maxProperties',
  'maximum',
  'minItems',
  'minLength',
  'minProperties',
  'minimum',
  'pattern',
  'required',
  'type',
  'x-kubernetes-list-type',
]

/**
 * The structural schema of a JSON schema that zod made. Unknown fields of a closed object are pruned by the API server
 * and need no word; those of an open one are kept.
 */
export function structural(schema: unknown): StructuralSchema {
  if (!isSchema(schema)) return { 'x-kubernetes-preserve-unknown-fields': true }
  const { anyOf } = schema
  if (Array.isArray(anyOf)) return united(anyOf.map(structural))
  const kept = Object.entries(schema).filter(([key]) => KEPT.includes(key))
  return { ...Object.fromEntries(kept), ...constant(schema), ...children(schema) }
}

function children({ properties, items, additionalProperties }: StructuralSchema): StructuralSchema {
  const parts: StructuralSchema = {}
  if (items !== undefined) parts['items'] = structural(items)
  if (isSchema(properties) && Object.keys(properties).length > 0) {
    parts['properties'] = Object.fromEntries(Object.entries(properties).map(([key, part]) => [key, structural(part)]))
  }
  if (!isSchema(additionalProperties)) return parts
  // A schema names its fields or takes any: an object that does both keeps what it does not name.
  const isOpen = properties !== undefined
  return isOpen
    ? { ...parts, 'x-kubernetes-preserve-unknown-fields': true }
    : { ...parts, additionalProperties: structural(additionalProperties) }
}

/** `text or ""` is text without its lower bound: a structural schema has no choice between shapes. */
function united([first = {}, ...others]: readonly StructuralSchema[]): StructuralSchema {
  const isOrEmpty = others.some((other) => Array.isArray(other['enum']))
  return isOrEmpty ? Object.fromEntries(Object.entries(first).filter(([key]) => key !== 'minLength')) : first
}

function constant(schema: StructuralSchema): StructuralSchema {
  return 'const' in schema ? { enum: [schema['const']] } : {}
}

function isSchema(value: unknown): value is StructuralSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
