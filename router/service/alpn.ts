import { decodeValue } from '../amqp/decode.ts'
import { STREAM_PROPERTIES } from './stream-router.ts'

/** The protocols that a client's side tells the target's (protocol sheet, section 4.2), the more common one first. */
export const HTTP_PROTOCOLS: readonly string[] = ['http/1.1', 'h2']

/** The application properties of a stream whose client agreed on a protocol, or on none. */
export function streamProperties(alpn: string | undefined): ReadonlyMap<string, unknown> {
  return alpn === undefined ? STREAM_PROPERTIES : new Map([...STREAM_PROPERTIES, ['alpn', alpn]])
}

/** The protocol that the client of a stream agreed on, from the encoded map of its application properties. */
export function alpnIn(encoded: Buffer | undefined): string | undefined {
  if (encoded === undefined) return undefined
  const properties = decodedMap(encoded)
  return HTTP_PROTOCOLS.find((protocol) => properties.get('alpn') === protocol)
}

/** What cannot be read says nothing: its stream may still go on without. */
function decodedMap(encoded: Buffer): ReadonlyMap<unknown, unknown> {
  try {
    const value = decodeValue(encoded)
    return value instanceof Map ? value : new Map()
  } catch {
    return new Map()
  }
}
