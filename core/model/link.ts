import { z } from 'zod'
import { cost, fields, host, oneOf, portText, resourceName, text } from './field-schemas.ts'
import { resourceSchema, type Known } from './resource-schema.ts'
import { settingsOf } from './settings.ts'

const MAX_ENDPOINTS = 64

export const linkSchema = resourceSchema('Link', {
  spec: fields({
    endpoints: z
      .array(
        fields({
          name: oneOf(['inter-router', 'edge']),
          host,
          port: portText,
          group: text(253).optional(),
        }),
        { error: 'a list of endpoints' },
      )
      .min(1, { error: 'at least one endpoint' })
      .max(MAX_ENDPOINTS, { error: `at most ${String(MAX_ENDPOINTS)} endpoints` }),
    tlsCredentials: resourceName.optional(),
    cost: cost.optional(),
    settings: settingsOf('Link').optional(),
  }),
  status: {
    remoteSiteId: z.string().optional(),
    remoteSiteName: z.string().optional(),
  },
})

/** A connection from this site to another one; traffic flows both ways. */
export type Link = Known<z.infer<typeof linkSchema>>

/** Type of the condition that says how many of a site's routers have the link up, where there are several. */
export const CONNECTIONS_CONDITION = 'AllConnected'

/** Type of the condition that says until when the certificate of a link lasts, and if it ends soon why. */
export const CERTIFICATE_CONDITION = 'CertificateValid'
