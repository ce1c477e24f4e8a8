import { parseResource, type Kind, type Resource } from '../model/resource.ts'
import type { SiteStore, Snapshot, StoreProblem } from '../model/site-store.ts'
import { isKind } from '../model/resource.ts'
import { labelName } from '../model/field-schemas.ts'
import { SkupperError } from '../model/error.ts'
import type { KubeClient } from './kube-client.ts'
import { CachedSource, directSource, KINDS, listOrMissing, type ObjectSource } from './object-source.ts'
import type { InformerLog } from './informer.ts'
import { ResourceReader } from './resource-reader.ts'
import { MODEL_TYPES } from './resource-types.ts'
import { asObject, isOwn, RuntimeWrites, storeError } from './runtime-writes.ts'
import { isOfUse, SecretCredentials } from './secret-credentials.ts'

/** Changes this close together are told once. */
const DEBOUNCE_MS = 50

export interface KubeStoreOptions {
  readonly client: KubeClient
  /** The client's own where left out. */
  readonly namespace?: string | undefined
  readonly log?: InformerLog | undefined
  /** Keeps everything up to date by watches, for a process that stays; else each question asks the API server. */
  readonly cached: boolean
}

/** A store at an API server. */
export interface KubeStore extends SiteStore {
  /** The kinds that were not heard of, and since when; empty while all watches are up, and where nothing is cached. */
  stale(): readonly { kind: Kind; since: Date }[]
  /** What was read until now and is no resource. */
  problems(): readonly StoreProblem[]
  close(): void
}

/** The resources and credentials of one namespace of a cluster. Throws `store/invalid-name`. */
export function openKubeStore({ client, namespace = client.namespace, log, cached }: KubeStoreOptions): KubeStore {
  checkNamespace(namespace)
  const place = { client, namespace, log }
  const cache = cached ? new CachedSource(place) : undefined
  const source = cache ?? directSource(place)
  const reader = new ResourceReader()
  const credentials = new SecretCredentials({ client, namespace, source, reader })
  const writes = new RuntimeWrites({ client, namespace, source })
  const remove = async (kind: Kind, name: string): Promise<boolean> => {
    const isDeleted = await client.delete(MODEL_TYPES[kind], name, { namespace })
    source.deleted(kind, name)
    return isDeleted
  }
  return {
    list: async (kind) => reader.all(kind, await source.list(kind)),
    get: async (kind, name) => {
      const object = await source.get(kind, name)
      return object === undefined ? undefined : reader.one(kind, object)
    },
    apply: (resource) => applyWish(resource, { client, namespace, source }),
    applyRuntime: (resource) => writes.writeAll([resource]),
    applyRuntimeAll: (all) => writes.writeAll(all),
    delete: remove,
    deleteRuntime: async (kind, name) => {
      const object = await source.get(kind, name)
      return object !== undefined && isOwn(object) ? remove(kind, name) : false
    },
    credentials: (name) => credentials.read(name),
    isCertificateSupplied: (name) => credentials.isSupplied(name),
    putCredentials: (name, given) => credentials.put(name, given),
    deleteCredentials: (name) => credentials.delete(name),
    issuer: (name) => credentials.read(name),
    isIssuerSupplied: (name) => credentials.isSupplied(name),
    putIssuer: (name, given) => credentials.put(name, given),
    deleteIssuer: (name) => credentials.delete(name),
    watch: (onChange, signal) => {
      watchChanges(cache ?? temporaryCache(place, signal), onChange, signal)
    },
    snapshot: () => snapshot(source, reader),
    stale: () => cache?.stale() ?? [],
    problems: () => reader.problems,
    close: () => {
      source.close()
    },
  }
}

interface WritePlace {
  readonly client: KubeClient
  readonly namespace: string
  readonly source: ObjectSource
}

async function applyWish(resource: Resource, { client, namespace, source }: WritePlace): Promise<void> {
  const { name, labels, annotations, ...rest } = asObject(parseResource(resource), namespace).metadata
  const metadata = { name, labels, annotations, namespace: rest.namespace }
  try {
    source.wrote(await client.apply({ ...asObject(resource, namespace), metadata }))
  } catch (error) {
    throw storeError(error)
  }
}

async function snapshot(source: ObjectSource, reader: ResourceReader): Promise<Snapshot> {
  const listed = await Promise.all(KINDS.map(async (kind) => ({ kind, ...(await listOrMissing(source, kind)) })))
  const objects = listed.flatMap((each) => each.objects)
  const missing = listed.flatMap(({ kind, missing: message }) =>
    message === undefined ? [] : [{ file: kind, message }],
  )
  reader.keepOnly(objects)
  const resources = listed.flatMap(({ kind, objects: ofKind }): Resource[] => reader.all(kind, ofKind))
  return {
    resources: resources.filter((resource) => !isKind(resource, 'Secret') || isOfUse(resource)),
    problems: [...missing, ...reader.problems],
  }
}

function temporaryCache(place: ConstructorParameters<typeof CachedSource>[0], signal: AbortSignal): CachedSource {
  const cache = new CachedSource(place)
  signal.addEventListener('abort', () => {
    cache.close()
  })
  return cache
}

function watchChanges(cache: CachedSource, onChange: () => void, signal: AbortSignal): void {
  if (signal.aborted) return
  let told: NodeJS.Timeout | undefined
  const tell = (): void => {
    told ??= setTimeout(() => {
      told = undefined
      onChange()
    }, DEBOUNCE_MS)
  }
  cache.onChange(tell, signal)
  signal.addEventListener('abort', () => {
    clearTimeout(told)
  })
}

function checkNamespace(namespace: string): void {
  const wanted = labelName.safeParse(namespace).error?.issues[0]?.message
  if (wanted === undefined) return
  const message = `the namespace is "${namespace}"; wanted ${wanted}`
  throw new SkupperError('store/invalid-name', message, { given: namespace, wanted })
}
