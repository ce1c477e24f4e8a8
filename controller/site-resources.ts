import type { Kind, Resource, ResourceOf } from '../core/model/resource.ts'
import type { Store } from '../core/store/store.ts'
import type { SiteResources } from './desired.ts'
import { isSynced } from './synced-listeners.ts'

/** Everything of the namespace that becomes router configuration, older resources first; undefined without a Site. */
export async function readSiteResources(store: Pick<Store, 'list'>): Promise<SiteResources | undefined> {
  const [site, ...surplus] = await oldestFirst(store, 'Site')
  if (site === undefined) return undefined
  const [accesses, links, listeners, connectors] = await Promise.all([
    oldestFirst(store, 'RouterAccess'),
    oldestFirst(store, 'Link'),
    oldestFirst(store, 'Listener'),
    oldestFirst(store, 'Connector'),
  ])
  return { site, surplus, accesses, links, listeners: listeners.filter((each) => !isSynced(each)), connectors }
}

async function oldestFirst<K extends Kind>(store: Pick<Store, 'list'>, kind: K): Promise<ResourceOf<K>[]> {
  const resources: ResourceOf<K>[] = await store.list(kind)
  return resources.sort(byAge)
}

function byAge({ metadata: a }: Resource, { metadata: b }: Resource): number {
  const { creationTimestamp: first = '' } = a
  const { creationTimestamp: second = '' } = b
  if (first !== second) return first < second ? -1 : 1
  return a.name < b.name ? -1 : Number(a.name > b.name)
}
