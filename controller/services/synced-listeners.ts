import { z } from 'zod'
import { listenerName, parseRoutingKey } from '../../core/model/address.ts'
import { CONTROLLED_ANNOTATION, ORIGINS_ANNOTATION, SYNCED_LABEL } from '../../core/model/annotation-names.ts'
import type { Listener } from '../../core/model/listener.ts'
import type { RemoteSite } from '../../core/model/remote-site.ts'
import { API_VERSION } from '../../core/model/resource-schema.ts'
import { userLabels } from './offered-services.ts'
import type { SyncedPort } from './service-sync-state.ts'

const originsSchema = z.array(z.string().min(1)).min(1)

/** Where synced listeners listen, and what they must leave alone. */
export interface SyncedListenerOptions {
  /** Where to listen for an address. */
  readonly hostOf: (address: string) => string
  /** The user's own Listeners: a routing key that one of them has, or a name, is not synced. */
  readonly own: readonly Listener[]
  /** The synced Listeners there are: one that stays keeps its id, its age and its status. */
  readonly before: readonly Listener[]
}

/** One Listener for each port that other sites offer. */
export function syncedListeners(
  ports: readonly SyncedPort[],
  { hostOf, own, before }: SyncedListenerOptions,
): Listener[] {
  const ownKeys = new Set(own.map(({ spec }) => spec.routingKey))
  const ownNames = new Set(own.map(({ metadata }) => metadata.name))
  const known = new Map(before.map((listener) => [listener.metadata.name, listener]))
  return ports
    .filter((port) => !ownKeys.has(port.routingKey))
    .map((port) => syncedListener(port, hostOf))
    .filter(({ metadata }) => !ownNames.has(metadata.name))
    .map((listener) => grownFrom(known.get(listener.metadata.name), listener))
}

export function isSynced({ metadata }: Listener): boolean {
  return metadata.labels?.[SYNCED_LABEL] === 'true'
}

/** What an earlier run had synced, read back from its Listeners; one whose origins cannot be read is left out. */
export function portsOfSynced(listeners: readonly Listener[]): SyncedPort[] {
  return listeners.filter(isSynced).flatMap(({ metadata, spec }) => {
    const origins = originsSchema.safeParse(jsonOf(metadata.annotations?.[ORIGINS_ANNOTATION]))
    if (!origins.success) return []
    const { routingKey, port, type = 'tcp' } = spec
    return [{ routingKey, port, protocol: type, labels: userLabels(metadata.labels), origins: origins.data }]
  })
}

function syncedListener(
  { routingKey, port, protocol, labels, origins }: SyncedPort,
  hostOf: (address: string) => string,
): Listener {
  const address = parseRoutingKey(routingKey)?.address ?? routingKey
  return {
    apiVersion: API_VERSION,
    kind: 'Listener',
    metadata: {
      name: listenerName(address, port),
      labels: { ...userLabels(labels), [SYNCED_LABEL]: 'true' },
      annotations: { [CONTROLLED_ANNOTATION]: 'true', [ORIGINS_ANNOTATION]: JSON.stringify(origins) },
    },
    // The message does not say whether the protocol was deduced. Taking it as deduced keeps what is not HTTP working.
    spec: {
      routingKey,
      host: hostOf(address),
      port,
      type: protocol,
      ...(protocol === 'tcp' ? {} : { settings: DEDUCED }),
    },
  }
}

/** Made by the controller itself: what an earlier look gave it beside its content stays. */
export function grownFrom<R extends Listener | RemoteSite>(before: R | undefined, made: R): R {
  if (before === undefined) return made
  const { uid, creationTimestamp } = before.metadata
  return {
    ...made,
    metadata: { ...made.metadata, uid, creationTimestamp },
    status: { ...before.status, ...made.status },
  }
}

const DEDUCED = { 'protocol-deduced': 'true' }

function jsonOf(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return undefined
  }
}
