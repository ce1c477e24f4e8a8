import { z } from 'zod'
import { fields, flag, host, oneOf, port, resourceName, routingKeyText, text } from './field-schemas.ts'
import { PROTOCOLS } from './protocol.ts'
import { resourceSchema, type Known } from './resource-schema.ts'
import { settingsOf } from './settings.ts'

export const connectorSchema = resourceSchema('Connector', {
  spec: fields({
    routingKey: routingKeyText,
    port,
    host: host.optional(),
    selector: text(1024).optional(),
    type: oneOf(PROTOCOLS).optional(),
    tlsCredentials: resourceName.optional(),
    useClientCert: flag.optional(),
    verifyHostname: flag.optional(),
    includeNotReadyPods: flag.optional(),
    exposePodsByName: flag.optional(),
    settings: settingsOf('Connector').optional(),
  }).refine((spec) => (spec.host === undefined) !== (spec.selector === undefined), {
    error: 'exactly one of host and selector',
  }),
  status: {
    selectedPods: z.array(z.looseObject({ name: z.string().optional(), ip: z.string() })).optional(),
    hasMatchingListener: z.boolean().optional(),
  },
})

/** A local exit: the workload that serves a routing key. */
export type Connector = Known<z.infer<typeof connectorSchema>>
