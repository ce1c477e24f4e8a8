import { settingOf } from '../../core/model/settings.ts'
import type { SiteResources } from '../site/site-resources.ts'
import type { PlaceWish } from './site-place.ts'

/**
 * Where a site listens, by its settings, and for its own tools on `localHost`. The ports of its services and links are
 * not for its own use.
 */
export function placeWish(resources: SiteResources, localHost: string): PlaceWish {
  const { site, accesses, listeners, multiKeyListeners } = resources
  const linkHost = accesses[0]?.spec.bindHost ?? settingOf(site, 'link-host')
  const linkPorts = accesses.flatMap(({ spec }) => spec.roles.flatMap(({ port }) => port ?? []))
  return {
    hosts: { management: localHost, health: localHost, tokens: linkHost },
    reserved: new Set([...linkPorts, ...[...listeners, ...multiKeyListeners].map(({ spec }) => spec.port)]),
  }
}
