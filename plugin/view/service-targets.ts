import type { Connector } from '../../core/model/connector.ts'
import type { AnyListener } from '../../core/model/multi-key-listener.ts'
import type { RemoteSite } from '../../core/model/remote-site.ts'

/** What is known of the targets in a network. */
export interface TargetSources {
  siteName: string
  connectors: readonly Connector[]
  remoteSites: readonly RemoteSite[]
}

/** The targets that one site has; `hosts` are told for the own site only. */
export interface SiteTargets {
  site: string
  count: number
  hosts: string[]
}

/** A site that has targets as far as is known, and is not heard from since then (RFC 3339). */
export interface UnheardSite {
  site: string
  count: number
  since: string
}

/** The targets of a routing key: here first, then in other sites by name. */
export function targetsOf(key: string, { siteName, connectors, remoteSites }: TargetSources): SiteTargets[] {
  const own = connectors.filter(({ spec }) => spec.routingKey === key)
  return [...localTargets(siteName, own), ...remoteTargets(key, remoteSites)]
}

function localTargets(site: string, connectors: readonly Connector[]): SiteTargets[] {
  const hosts = connectors.flatMap(hostsOf)
  return hosts.length === 0 ? [] : [{ site, count: hosts.length, hosts }]
}

function hostsOf({ spec, status }: Connector): string[] {
  const port = String(spec.port)
  if (spec.host !== undefined) return [`${spec.host}:${port}`]
  return (status?.selectedPods ?? []).map((pod) => `${pod.ip}:${port}`)
}

function remoteTargets(key: string, remoteSites: readonly RemoteSite[]): SiteTargets[] {
  return remoteSites
    .filter(({ status }) => status?.reachable !== false)
    .map((remote) => ({ ...countOf(key, remote), hosts: [] }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => (a.site < b.site ? -1 : 1))
}

/** Sites that served a routing key when they were last heard from. */
export function unheardSites(key: string, { remoteSites }: TargetSources): UnheardSite[] {
  return remoteSites
    .flatMap((remote) => {
      const { reachable, unreachableSince: since } = remote.status ?? {}
      return reachable === false && since !== undefined ? [{ ...countOf(key, remote), since }] : []
    })
    .filter(({ count }) => count > 0)
    .sort((a, b) => (a.site < b.site ? -1 : 1))
}

function countOf(key: string, { metadata, status }: RemoteSite) {
  const service = status?.services?.find(({ routingKey }) => routingKey === key)
  return { site: status?.name ?? metadata.name, count: service?.connectors ?? 0 }
}

/** What a listener says of itself where it is not configured. */
export function problemOf({ status }: AnyListener): string | undefined {
  return status?.conditions?.find(({ type, status }) => type === 'Configured' && status === 'False')?.message
}
