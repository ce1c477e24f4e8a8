import type { Connector } from '../../core/model/connector.ts'
import type { Link } from '../../core/model/link.ts'
import type { Listener } from '../../core/model/listener.ts'
import type { AnyListener, MultiKeyListener } from '../../core/model/multi-key-listener.ts'
import { isKind, type Kind, type Resource, type ResourceOf } from '../../core/model/resource.ts'
import type { RouterAccess } from '../../core/model/router-access.ts'
import type { Secret } from '../../core/model/secret.ts'
import type { Site } from '../../core/model/site.ts'
import { isSynced } from '../services/synced-listeners.ts'

/** What a namespace asks for, older resources first. */
export interface SiteResources {
  readonly site: Site
  /** Sites beyond the one a namespace can have. */
  readonly surplus: readonly Site[]
  readonly accesses: readonly RouterAccess[]
  readonly links: readonly Link[]
  /** The user's own, without those that service sync made. */
  readonly listeners: readonly Listener[]
  readonly multiKeyListeners: readonly MultiKeyListener[]
  readonly connectors: readonly Connector[]
  readonly secrets: readonly Secret[]
}

/** What becomes router configuration, older resources first; undefined without a Site. */
export function siteResourcesOf(stored: readonly Resource[]): SiteResources | undefined {
  const [site, ...surplus] = ofKind(stored, 'Site')
  if (site === undefined) return undefined
  return {
    site,
    surplus,
    accesses: ofKind(stored, 'RouterAccess'),
    links: ofKind(stored, 'Link'),
    listeners: ofKind(stored, 'Listener').filter((listener) => !isSynced(listener)),
    multiKeyListeners: ofKind(stored, 'MultiKeyListener'),
    connectors: ofKind(stored, 'Connector'),
    secrets: ofKind(stored, 'Secret'),
  }
}

/** All that clients of the site connect to; where two want the same port, what users wrote comes first. */
export function anyListeners(
  { listeners, multiKeyListeners }: SiteResources,
  synced: readonly Listener[],
): AnyListener[] {
  return [...listeners, ...multiKeyListeners, ...synced]
}

/** The resources of a kind, older ones first. */
export function ofKind<K extends Kind>(resources: readonly Resource[], kind: K): ResourceOf<K>[] {
  return resources.filter((resource) => isKind(resource, kind)).sort(byAge)
}

/** Two of one age are told apart by name, so that every look gives the same order. */
function byAge({ metadata: a }: Resource, { metadata: b }: Resource): number {
  const { creationTimestamp: first = '' } = a
  const { creationTimestamp: second = '' } = b
  if (first !== second) return first < second ? -1 : 1
  return a.name < b.name ? -1 : Number(a.name > b.name)
}
