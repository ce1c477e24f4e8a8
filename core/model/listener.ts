import { z } from 'zod'
import { fields, flag, host, oneOf, port, resourceName, routingKeyText } from './field-schemas.ts'
import { PROTOCOLS } from './protocol.ts'
import { resourceSchema, type Known } from './resource-schema.ts'
import { settingsOf } from './settings.ts'

export const listenerSchema = resourceSchema('Listener', {
  spec: fields({
    routingKey: routingKeyText,
    host,
    port,
    type: oneOf(PROTOCOLS).optional(),
    tlsCredentials: resourceName.optional(),
    observer: oneOf(['auto', 'none', 'http1', 'http2']).optional(),
    exposePodsByName: flag.optional(),
    settings: settingsOf('Listener').optional(),
  }),
  status: { hasMatchingConnector: z.boolean().optional() },
})

/** A local entry to a service of the network. */
export type Listener = Known<z.infer<typeof listenerSchema>>
