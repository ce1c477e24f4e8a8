import { z } from 'zod'
import { fields, flag, resourceName, text } from './field-schemas.ts'
import { resourceSchema, type Known } from './resource-schema.ts'
import { settingsOf } from './settings.ts'

/** Where a role of a site's router can be dialled; `group` tells routers of one site apart. */
export const endpointSchema = z.looseObject({
  name: z.string(),
  host: z.string(),
  port: z.string(),
  group: z.string().optional(),
})

const networkSiteSchema = z.looseObject({
  id: z.string().optional(),
  name: z.string().optional(),
  namespace: z.string().optional(),
  platform: z.string().optional(),
  version: z.string().optional(),
})

export const siteSchema = resourceSchema('Site', {
  spec: fields({
    linkAccess: text(63).or(z.literal('')).optional(),
    ha: flag.optional(),
    edge: flag.optional(),
    serviceAccount: resourceName.optional(),
    defaultIssuer: resourceName.optional(),
    settings: settingsOf('Site').optional(),
  }).default({}),
  status: {
    defaultIssuer: z.string().optional(),
    controller: z
      .looseObject({
        name: z.string().optional(),
        namespace: z.string().optional(),
        version: z.string().optional(),
      })
      .optional(),
    endpoints: z.array(endpointSchema).optional(),
    sitesInNetwork: z.number().optional(),
    network: z.array(networkSiteSchema).optional(),
  },
})

/** A namespace's part in the network. Its uid is the site's id in the network. */
export type Site = Known<z.infer<typeof siteSchema>>
export type Endpoint = Known<z.infer<typeof endpointSchema>>
