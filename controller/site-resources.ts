import { isKind, type Kind, type Resource, type ResourceOf } from '../core/model/resource.ts'
import type { Store } from '../core/store/store.ts'
import type { SiteResources } from './desired.ts'
import { isSynced } from './synced-listeners.ts'

/** The kinds a pass begins with: what it configures from, and what it writes. */
const KINDS: readonly Kind[] = ['Site', 'RouterAccess', 'Link', 'Listener', 'Connector', 'RemoteSite', 'AccessToken']

/** What is stored of these kinds, older resources first. */
export async function readStored(store: Pick<Store, 'list'>): Promise<Resource[]> {
  const lists = await Promise.all(KINDS.map((kind) => store.list(kind)))
  return lists.flat().sort(byAge)
}

/** What becomes router configuration; undefined without a Site. */
export function siteResourcesOf(stored: readonly Resource[]): SiteResources | undefined {
  const [site, ...surplus] = ofKind(stored, 'Site')
  if (site === undefined) return undefined
  return {
    site,
    surplus,
    accesses: ofKind(stored, 'RouterAccess'),
    links: ofKind(stored, 'Link'),
    listeners: ofKind(stored, 'Listener').filter((listener) => !isSynced(listener)),
    connectors: ofKind(stored, 'Connector'),
  }
}

export function ofKind<K extends Kind>(resources: readonly Resource[], kind: K): ResourceOf<K>[] {
  return resources.filter((resource) => isKind(resource, kind))
}

/** Two of one age are told apart by name, so that every look gives the same order. */
export function byAge({ metadata: a }: Resource, { metadata: b }: Resource): number {
  const { creationTimestamp: first = '' } = a
  const { creationTimestamp: second = '' } = b
  if (first !== second) return first < second ? -1 : 1
  return a.name < b.name ? -1 : Number(a.name > b.name)
}
