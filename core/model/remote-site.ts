import { z } from 'zod'
import { fields } from './field-schemas.ts'
import { resourceSchema, type Known } from './resource-schema.ts'

const remoteRouterSchema = z.looseObject({ id: z.string(), name: z.string(), mode: z.string() })

const remoteLinkSchema = z.looseObject({
  name: z.string(),
  remoteSiteId: z.string().optional(),
  remoteSiteName: z.string().optional(),
  cost: z.number().optional(),
  operational: z.boolean(),
  role: z.string().optional(),
})

const remoteServiceSchema = z.looseObject({
  routingKey: z.string(),
  protocol: z.string().optional(),
  connectors: z.number(),
  listeners: z.number(),
})

export const remoteSiteSchema = resourceSchema('RemoteSite', {
  spec: fields({}).default({}),
  status: {
    siteId: z.string().optional(),
    name: z.string().optional(),
    namespace: z.string().optional(),
    platform: z.string().optional(),
    version: z.string().optional(),
    routers: z.array(remoteRouterSchema).optional(),
    links: z.array(remoteLinkSchema).optional(),
    services: z.array(remoteServiceSchema).optional(),
    reachable: z.boolean().optional(),
    unreachableSince: z.string().optional(),
    linkedIn: z.boolean().optional(),
  },
})

/**
 * Another site of the network as this one sees it: one small object for each, named after the site's id.
 * `connectors` and `listeners` of a service are counts; `linkedIn` is true while that site's own link to us is up.
 * While it is not `reachable`, everything else is as of `unreachableSince` (RFC 3339).
 */
export type RemoteSite = Known<z.infer<typeof remoteSiteSchema>>
export type RemoteLink = Known<z.infer<typeof remoteLinkSchema>>
export type RemoteService = Known<z.infer<typeof remoteServiceSchema>>
