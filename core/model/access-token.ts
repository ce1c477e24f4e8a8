import { z } from 'zod'
import { cost, fields, matching, text } from './field-schemas.ts'
import { resourceSchema, type Known } from './resource-schema.ts'
import { settingsOf } from './settings.ts'

const MAX_CERTIFICATES = 65_536

export const accessTokenSchema = resourceSchema('AccessToken', {
  spec: fields({
    url: matching(/^https:\/\/\S+$/, 2048, 'an https URL'),
    code: text(1024),
    ca: text(MAX_CERTIFICATES),
    linkCost: cost.optional(),
    settings: settingsOf('AccessToken').optional(),
  }),
  status: { redeemed: z.boolean().optional() },
})

/** What another site's grant is redeemed with; a redeemed token becomes a Link. */
export type AccessToken = Known<z.infer<typeof accessTokenSchema>>
