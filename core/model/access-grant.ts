import { z } from 'zod'
import { isDuration } from './duration.ts'
import { fields, integer, resourceName, text } from './field-schemas.ts'
import { resourceSchema, type Known } from './resource-schema.ts'
import { settingsOf } from './settings.ts'

const MAX_REDEMPTIONS = 1_000_000

export const accessGrantSchema = resourceSchema('AccessGrant', {
  spec: fields({
    redemptionsAllowed: integer(0, MAX_REDEMPTIONS).optional(),
    expirationWindow: text(64)
      .refine((window) => isDuration(window), { error: 'a duration such as "15m" or "1h30m"' })
      .optional(),
    code: text(1024).optional(),
    issuer: resourceName.optional(),
    settings: settingsOf('AccessGrant').optional(),
  }).default({}),
  status: {
    url: z.string().optional(),
    code: z.string().optional(),
    ca: z.string().optional(),
    redemptions: z.number().optional(),
    expirationTime: z.string().optional(),
  },
})

/** The permission to link to this site, as often and as long as it says. */
export type AccessGrant = Known<z.infer<typeof accessGrantSchema>>
