import { SkupperError } from '../core/model/error.ts'
import type { AttributesOf, Entity } from './config/entities.ts'
import type { ControlTimers } from './mesh/control/control-link.ts'
import { refuseOther } from './management/entities/unsupported.ts'

const DEFAULT_DATA_CONNECTIONS = 2
const MAX_DATA_CONNECTIONS = 64

/** A boot file, sorted: what the router is, and what it starts with. */
export interface BootPlan {
  readonly router: AttributesOf<'router'>
  readonly site: AttributesOf<'site'>
  readonly logs: readonly AttributesOf<'log'>[]
  /** In the order in which they can be made: what others refer to comes first. */
  readonly entities: readonly Entity[]
  /** The sslProfiles of the listeners that management comes by. */
  readonly localProfiles: ReadonlySet<string>
}

/** Targets come before listeners: a listener opens for clients as soon as there is somebody to serve them. */
const ORDER = ['sslProfile', 'address', 'listener', 'connector', 'tcpConnector', 'tcpListener', 'listenerAddress']

/**
 * Sorts a boot file. Throws `config/no-router` where it has not exactly one router, `config/not-supported` where it
 * asks for what only skupper-router has.
 */
export function bootPlan(entities: readonly Entity[]): BootPlan {
  const router = theRouter(entities)
  const rest = entities.filter(({ type }) => type !== 'router' && type !== 'site' && type !== 'log')
  for (const { type } of rest) refuseOther('config file', { type }, ORDER)
  return {
    router,
    site: attributesOf(entities, 'site')[0] ?? {},
    logs: attributesOf(entities, 'log'),
    entities: rest.toSorted((a, b) => ORDER.indexOf(a.type) - ORDER.indexOf(b.type)),
    localProfiles: localProfiles(entities),
  }
}

function localProfiles(entities: readonly Entity[]): Set<string> {
  const local = attributesOf(entities, 'listener').filter(({ role, http }) => role === 'normal' && !http)
  return new Set(local.flatMap(({ sslProfile }) => (sslProfile === undefined ? [] : [sslProfile])))
}

function theRouter(entities: readonly Entity[]): AttributesOf<'router'> {
  const [router, another] = attributesOf(entities, 'router')
  if (router !== undefined && another === undefined) return router
  const given = router === undefined ? 'none' : 'several'
  throw new SkupperError('config/no-router', `the config file has ${given} of type router; wanted one`, { given })
}

function attributesOf<T extends Entity['type']>(entities: readonly Entity[], type: T): AttributesOf<T>[] {
  return entities.flatMap((entity) => (entity.type === type ? [entity.attributes as AttributesOf<T>] : []))
}

/** Whether it is an edge router: one that stands alone is an interior router of a network of one. */
export function modeOf({ mode }: AttributesOf<'router'>): 'interior' | 'edge' {
  return mode === 'edge' ? 'edge' : 'interior'
}

/** The router's timers, in milliseconds. */
export function timersOf(router: AttributesOf<'router'>): Partial<ControlTimers> {
  return {
    helloMs: router.helloIntervalSeconds * 1000,
    helloMaxAgeMs: router.helloMaxAgeSeconds * 1000,
    raMs: router.raIntervalSeconds * 1000,
    raFastMs: router.raIntervalFluxSeconds * 1000,
    linkStateMaxAgeMs: router.remoteLsMaxAgeSeconds * 1000,
  }
}

/** Data connections of each link: a number, or `auto`. Throws `config/invalid-attribute`. */
export function dataConnectionsOf({ dataConnectionCount: given }: AttributesOf<'router'>): number {
  if (given === 'auto') return DEFAULT_DATA_CONNECTIONS
  if (/^\d{1,2}$/.test(given) && Number(given) <= MAX_DATA_CONNECTIONS) return Number(given)
  const wanted = `auto or a number from 0 to ${String(MAX_DATA_CONNECTIONS)}`
  const message = `router: dataConnectionCount is "${given}"; wanted ${wanted}`
  throw new SkupperError('config/invalid-attribute', message, { given, wanted })
}
