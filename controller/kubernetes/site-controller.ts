import type { KubeClient } from '../../core/kube/kube-client.ts'
import { CONFIG_MAP } from '../../core/kube/resource-types.ts'
import { SITE_CONTROLLER } from '../../core/kube/site-rbac.ts'
import type { SiteStore } from '../../core/model/site-store.ts'
import { SiteExposures } from '../exposure/site-exposures.ts'
import type { Log } from '../log.ts'
import { SiteKeeper, type Ground, type SiteKeeperOptions } from '../site/site-keeper.ts'
import { giveBackServices } from './claimed-services.ts'
import { clusterAccess } from './cluster-access.ts'
import { ClusterCredentials } from './cluster-credentials.ts'
import { ClusterPremises } from './cluster-premises.ts'
import { ClusterWatch } from './cluster-watch.ts'
import { keyOf } from './object-plan.ts'

/** Skupper v2's convention: it says which controller a namespace's Site belongs to. */
const OWNERSHIP = 'skupper'
const OWNERSHIP_KEY = 'controller'

export interface SiteControllerOptions extends Pick<SiteKeeperOptions, 'version' | 'clock' | 'random' | 'isRehearsal'> {
  readonly client: KubeClient
  readonly store: SiteStore
  readonly namespace: string
  /** The image of routers where the Site names none. */
  readonly image: string
  readonly log: Log
}

/** Kinds of which a controller makes resources itself. */
const MADE_KINDS = ['Listener', 'Link', 'RouterAccess', 'RemoteSite', 'Secret'] as const

/** A site controller that runs. */
export interface SiteController {
  /** Since when the API server was not heard of; undefined while it is. */
  readonly staleSince: Date | undefined
  /** Leaves everything as it is: routers run on. */
  close(): Promise<void>
}

/** Keeps the site of one namespace of a cluster. Resolves when it has begun. */
export async function controlSite(options: SiteControllerOptions): Promise<SiteController> {
  const { watch, exposures, keeper } = await begin(options)
  keeper.start()
  return {
    get staleSince() {
      return watch.staleSince
    },
    close: async () => {
      await exposures.close()
      await keeper.close()
      watch.close()
    },
  }
}

/**
 * One pass over a namespace, with a client that changes nothing: no router is spoken to, no token is redeemed or
 * answered. What depends on what a first pass leads to, such as an address that a cloud gives, comes in no plan.
 */
export async function rehearseSite(options: SiteControllerOptions): Promise<void> {
  const { watch, exposures, keeper } = await begin({ ...options, isRehearsal: true })
  try {
    await keeper.pass()
  } finally {
    await exposures.close()
    await keeper.close()
    watch.close()
  }
}

async function begin(options: SiteControllerOptions) {
  const { client, namespace, log, random } = options
  const trigger = { now: (): void => undefined }
  const watch = new ClusterWatch({
    ...{ client, namespace, log },
    onChange: () => {
      trigger.now()
    },
  })
  const exposures = new SiteExposures({
    ...{ client, log, random },
    isOurs: async () => (await groundOf(client, namespace)).kind === 'ours',
    onChange: () => {
      trigger.now()
    },
  })
  await Promise.all([watch.start(), exposures.start()])
  const keeper = new SiteKeeper({
    ...options,
    platform: 'kubernetes',
    exposures,
    premises: (identity, events) => new ClusterPremises({ ...options, watch }, identity, events),
    defaultAccess: clusterAccess,
    ground: () => groundOf(client, namespace),
    onVacant: () => removeLeftOvers(watch, options),
    onGone: () => undefined,
  })
  trigger.now = () => {
    keeper.trigger()
  }
  return { watch, exposures, keeper }
}

/** A Site is ours only if the namespace's ConfigMap `skupper` names our controller: nobody fights another one. */
async function groundOf(client: KubeClient, namespace: string): Promise<Ground> {
  const config = await client.get(CONFIG_MAP, OWNERSHIP)
  const named = config?.data?.[OWNERSHIP_KEY]
  const wanted = `${namespace}/${SITE_CONTROLLER}`
  if (named === wanted || named === SITE_CONTROLLER) return { kind: 'ours' }
  const found = named === undefined ? 'names no controller' : `names the controller "${named}"`
  return { kind: 'not-ours', why: `the ConfigMap "${OWNERSHIP}" ${found}; wanted "${wanted}"` }
}

/**
 * What belonged to a Site goes with it, also where the cluster's own removal of what it owned comes late. Nothing goes
 * that somebody else made.
 */
async function removeLeftOvers(watch: ClusterWatch, { client, store, log }: SiteControllerOptions): Promise<void> {
  if ((await store.list('Site')).length > 0) return
  await giveBackServices(watch.services, { client, log, wrote: watch.wrote.bind(watch) })
  for (const object of watch.leftOver(undefined)) {
    const type = watch.types.get(object.kind)
    const { name, uid, deletionTimestamp } = object.metadata
    if (type === undefined || deletionTimestamp !== undefined) continue
    await client.delete(type, name, uid === undefined ? {} : { uid })
    watch.deleted(object)
    log.info({ object: keyOf(object) }, 'removed: its Site is gone')
  }
  for (const kind of MADE_KINDS) {
    for (const { metadata } of await store.list(kind)) {
      // False for what a user wrote, which stays.
      if (await store.deleteRuntime(kind, metadata.name)) {
        log.info({ object: `${kind} ${metadata.name}` }, 'removed: its Site is gone')
      }
    }
  }
  for (const name of await new ClusterCredentials({ client, store }).kept()) await store.deleteCredentials(name)
}
