import { Encoder } from '../amqp/encode.ts'
import { described } from '../amqp/value.ts'

/** The head of a stream that starts here (protocol sheet, section 4). */
export interface StreamHead {
  readonly to: string
  readonly subject?: string | undefined
  readonly replyTo?: string | undefined
  readonly correlationId?: string | undefined
  readonly contentType?: string | undefined
  readonly applicationProperties?: ReadonlyMap<string, unknown> | undefined
}

const PROPERTIES = 0x73
const APPLICATION_PROPERTIES = 0x74
const VALUE = 0x77

/**
 * Its sections, up to and including the null body; the raw bytes of the stream follow without a section of their own.
 * The content type is a string and not the symbol that AMQP wants, because routers of all versions send it so.
 */
export function encodeStreamHead(head: StreamHead): Buffer {
  const encoder = new Encoder()
  const properties = [null, null, head.to, head.subject, head.replyTo, head.correlationId, head.contentType]
  encoder.value(described(PROPERTIES, properties))
  if (head.applicationProperties !== undefined) {
    encoder.value(described(APPLICATION_PROPERTIES, head.applicationProperties))
  }
  encoder.value(described(VALUE, null))
  return encoder.bytes()
}
