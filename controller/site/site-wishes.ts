import { hostname } from 'node:os'
import { settingOf } from '../../core/model/settings.ts'
import type { SiteResources } from './desired.ts'
import type { CertificateWish } from '../credentials/site-certificates.ts'
import { outsideAddresses, type PlaceWish } from '../machine/site-place.ts'

/** Where a site listens, by its settings. The ports of its services and links are not for its own use. */
export function placeWish({ site, accesses, listeners }: SiteResources): PlaceWish {
  const listenHost = settingOf(site, 'listen-host')
  const linkHost = accesses[0]?.spec.bindHost ?? settingOf(site, 'link-host')
  const linkPorts = accesses.flatMap(({ spec }) => spec.roles.flatMap(({ port }) => port ?? []))
  return {
    hosts: { management: listenHost, health: listenHost, tokens: linkHost },
    reserved: new Set([...linkPorts, ...listeners.map(({ spec }) => spec.port)]),
  }
}

/** What a site's own certificates have to be valid for. */
export function certificateWish(resources: SiteResources, now: Date): CertificateWish {
  return {
    resources,
    managementHost: settingOf(resources.site, 'listen-host'),
    machineHosts: [...outsideAddresses(), hostname()],
    now: now.getTime(),
  }
}
