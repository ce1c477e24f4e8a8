import { z } from 'zod'
import { fields, flag, host, oneOf, port, resourceName, text } from './field-schemas.ts'
import { resourceSchema, type Known } from './resource-schema.ts'
import { settingsOf } from './settings.ts'
import { endpointSchema } from './site.ts'

const MAX_ALTERNATIVE_NAMES = 256

export const routerAccessSchema = resourceSchema('RouterAccess', {
  spec: fields({
    roles: z
      .array(fields({ name: oneOf(['inter-router', 'edge', 'normal']), port: port.optional() }), {
        error: 'a list of roles',
      })
      .min(1, { error: 'at least one role' })
      .max(3, { error: 'each role once' }),
    tlsCredentials: resourceName,
    generateTlsCredentials: flag.optional(),
    issuer: resourceName.optional(),
    accessType: text(63).optional(),
    bindHost: host.optional(),
    subjectAlternativeNames: z.array(host).max(MAX_ALTERNATIVE_NAMES).optional(),
    settings: settingsOf('RouterAccess').optional(),
  }),
  status: { endpoints: z.array(endpointSchema).optional() },
})

/** How other sites reach this site's router. */
export type RouterAccess = Known<z.infer<typeof routerAccessSchema>>

/** Ports of Skupper v2 where a role names none. */
export const DEFAULT_ROLE_PORTS = { 'inter-router': 55_671, edge: 45_671, normal: 5_671 } as const
