import type { Link } from '../core/model/link.ts'
import { API_VERSION } from '../core/model/resource-schema.ts'
import type { RouterAccess } from '../core/model/router-access.ts'

type Endpoint = Link['spec']['endpoints'][number]

/** What the Links are to be called, and what they say. */
export interface LinkWish {
  readonly name: string
  readonly cost: number
  readonly tlsCredentials: string
}

/**
 * The Links by which another site dials the accesses of this one: one for each of its routers, as all connections of a
 * link end at one. The first has the wished name, the others have a number behind it. None where nothing can be dialled.
 */
export function generatedLinks(accesses: readonly RouterAccess[], { name, cost, tlsCredentials }: LinkWish): Link[] {
  const endpoints = accesses.flatMap(({ status }) => status?.endpoints ?? []).flatMap(linkEndpoint)
  const groups = Map.groupBy(endpoints, ({ group = '' }) => group)
  return [...groups.values()].map((members, index) => ({
    apiVersion: API_VERSION,
    kind: 'Link',
    metadata: { name: index === 0 ? name : `${name}-${String(index + 1)}` },
    spec: { cost, endpoints: members, tlsCredentials },
  }))
}

function linkEndpoint({
  name,
  host,
  port,
  group,
}: NonNullable<NonNullable<RouterAccess['status']>['endpoints']>[number]) {
  if (name !== 'inter-router' && name !== 'edge') return []
  const endpoint: Endpoint = { name, host, port, ...(group === undefined ? {} : { group }) }
  return [endpoint]
}
