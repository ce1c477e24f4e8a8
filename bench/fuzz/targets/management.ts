import { decodeMessage } from '../../../router/amqp/message.ts'
import { encodeValue } from '../../../router/amqp/encode.ts'
import { entityTypeOf, parseAttributes } from '../../../router/config/entities.ts'
import { parseRequest } from '../../../router/management/request.ts'
import type { FuzzTarget } from '../target.ts'

/** Requests with their bodies: read, checked against the schema of their type, and what is good written as an answer. */
export const managementTarget: FuzzTarget = {
  name: 'management',
  corpus: 'management-requests',
  make: () => (input) => {
    const { operation, entityType, key, attributes } = parseRequest(decodeMessage(input))
    const type = entityType === undefined ? undefined : entityTypeOf(entityType)
    if (type === undefined || operation !== 'CREATE') return
    encodeValue(new Map(Object.entries(parseAttributes(type, { ...attributes, name: key.name }))))
  },
}
