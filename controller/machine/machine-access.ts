import { DEFAULT_ROLE_PORTS, type RouterAccess } from '../../core/model/router-access.ts'
import { settingOf } from '../../core/model/settings.ts'
import type { Endpoint, Site } from '../../core/model/site.ts'
import type { DefaultAccess } from '../site/premises.ts'

const WILDCARDS = ['0.0.0.0', '::', '']

/** On a machine there is one way in: the router's own listener. */
export const machineAccess: DefaultAccess = (site) => ({
  roles: [{ name: 'inter-router', port: DEFAULT_ROLE_PORTS['inter-router'] }],
  bindHost: settingOf(site, 'link-host'),
})

/** Where a machine's site and the machine itself are known by. */
export interface MachineNames {
  readonly site: Site
  /** Names and addresses under which others may reach this machine, for what listens on all of them. */
  readonly machineHosts: readonly string[]
}

/** The host that others dial: one that the access names, else the site's link-host, else an address of the machine. */
export function advertisedHost({ spec }: RouterAccess, { site, machineHosts }: MachineNames): string {
  const candidates = [...(spec.subjectAlternativeNames ?? []), settingOf(site, 'link-host')]
  return candidates.find((host) => !WILDCARDS.includes(host)) ?? machineHosts[0] ?? '127.0.0.1'
}

/** Where each role of an access can be dialled. */
export function machineEndpoints(access: RouterAccess, names: MachineNames): Endpoint[] {
  const host = advertisedHost(access, names)
  const group = access.metadata.name
  return access.spec.roles.map(({ name, port }) => ({
    name,
    host,
    port: String(port ?? DEFAULT_ROLE_PORTS[name]),
    group,
  }))
}

/** What a certificate for an access is to be valid for. */
export function accessHosts({ spec }: RouterAccess, { site, machineHosts }: MachineNames): string[] {
  const linkHost = settingOf(site, 'link-host')
  const bindHost = spec.bindHost ?? linkHost
  const named = dialled([...(spec.subjectAlternativeNames ?? []), bindHost, linkHost])
  return WILDCARDS.includes(bindHost) ? [...named, ...machineHosts] : named
}

/** Those that can be dialled. */
export function dialled(hosts: readonly string[]): string[] {
  return hosts.filter((host) => !WILDCARDS.includes(host))
}
