import { managementType, type EntityType } from '../../router/config/entities.ts'
import { reconciledTypes, type CurrentEntity } from '../../router/config/entity-diff.ts'
import { BUILT_IN, type EngineCapabilities } from '../../router/config/engine-capabilities.ts'
import type { ConnectorState, ListenerState, Neighbour, RouterState } from './router-state.ts'

/** The part of `ManagementClient` that reading needs. */
export interface Queries {
  query(type: string, options?: { attributeNames: readonly string[] }): Promise<Readonly<Record<string, unknown>>[]>
}

type Row = Readonly<Record<string, unknown>>

/** The attributes that tell how an entity of a type fares. A type that is not here tells nothing but its names. */
const STATUS_ATTRIBUTES: Partial<Record<EntityType, readonly string[]>> = {
  connector: ['connectionStatus', 'connectionMsg'],
  tcpListener: ['operStatus'],
  httpListener: ['operStatus'],
}
/** Our own router also tells why a listener does not listen. */
const LISTENER_TYPES: readonly EntityType[] = ['tcpListener', 'httpListener']
const NEIGHBOUR_ROLES: readonly unknown[] = ['inter-router', 'edge']

/** Everything the router is configured with, as far as it is kept in step. */
export async function queryEntities(client: Queries, capabilities: EngineCapabilities): Promise<CurrentEntity[]> {
  const entities: CurrentEntity[] = []
  for (const type of reconciledTypes(capabilities)) {
    const rows = await client.query(managementType(type))
    entities.push(...rows.map((attributes) => ({ type, attributes })))
  }
  return entities
}

/** How the router fares now (protocol sheet, section 7). */
export async function queryState(client: Queries, capabilities: EngineCapabilities): Promise<RouterState> {
  const rowsByType = new Map<EntityType, readonly Row[]>()
  for (const type of reconciledTypes(capabilities).filter((each) => each !== 'log')) {
    rowsByType.set(type, await client.query(managementType(type), { attributeNames: attributesOf(type, capabilities) }))
  }
  const connections = await client.query('connection', { attributeNames: ['container', 'role', 'dir', 'host'] })
  const answering = answeringHosts(connections, capabilities)
  const nodes = await client.query('router.node', { attributeNames: ['id', 'nextHop', 'cost'] })
  return {
    isRunning: true,
    entityNames: new Set([...rowsByType.values()].flat().map((row) => textOf(row, 'name'))),
    connectors: new Map(
      (rowsByType.get('connector') ?? []).map((row) => [textOf(row, 'name'), connectorState(row, answering)]),
    ),
    listeners: new Map(listenerRows(rowsByType).map((row) => [textOf(row, 'name'), listenerState(row)])),
    neighbours: connections.filter(({ role }) => NEIGHBOUR_ROLES.includes(role)).map(neighbour),
    routers: new Set([
      ...nodes.filter(isReachable).map((row) => textOf(row, 'id')),
      ...connections.filter((row) => isEdge(row, 'in')).map((row) => textOf(row, 'container')),
    ]),
    hasUplink: connections.some((row) => isEdge(row, 'out')),
  }
}

/** True if two states say the same. */
export function sameState(a: RouterState, b: RouterState): boolean {
  return fingerprint(a) === fingerprint(b)
}

function attributesOf(type: EntityType, { engine }: EngineCapabilities): string[] {
  const isOurs = engine === BUILT_IN.engine
  const reasons = isOurs && LISTENER_TYPES.includes(type) ? ['connectionMsg'] : []
  const places = !isOurs && type === 'connector' ? ['host', 'port'] : []
  return ['name', ...(STATUS_ATTRIBUTES[type] ?? []), ...reasons, ...places]
}

function listenerRows(rows: ReadonlyMap<EntityType, readonly Row[]>): Row[] {
  const types: EntityType[] = ['listener', 'tcpListener', 'httpListener']
  return types.flatMap((type) => rows.get(type) ?? [])
}

/** A listener for routers has no operStatus: that it is there says that it listens. */
function listenerState(row: Row): ListenerState {
  const status = row['operStatus']
  return { isUp: status === undefined || status === 'up', message: textOf(row, 'connectionMsg') }
}

/**
 * Where other routers answer what this one dialled, as `host:port`; undefined where connectors say so themselves.
 * skupper-router says SUCCESS as soon as somebody accepts, also where nobody ever answers.
 */
function answeringHosts(connections: readonly Row[], { engine }: EngineCapabilities): ReadonlySet<string> | undefined {
  if (engine === BUILT_IN.engine) return undefined
  const answering = connections.filter(({ role, dir, container }) => {
    return NEIGHBOUR_ROLES.includes(role) && dir === 'out' && container !== '' && container !== null
  })
  return new Set(answering.map((row) => textOf(row, 'host')))
}

function connectorState(row: Row, answering: ReadonlySet<string> | undefined): ConnectorState {
  if (row['connectionStatus'] !== 'SUCCESS') return { isUp: false, message: textOf(row, 'connectionMsg') }
  const place = `${textOf(row, 'host')}:${textOf(row, 'port')}`
  if (answering?.has(place) === false) return { isUp: false, message: `${place} did not answer` }
  return { isUp: true, message: '' }
}

function isEdge({ role, dir, container }: Row, direction: 'in' | 'out'): boolean {
  return role === 'edge' && dir === direction && container !== ''
}

function neighbour(row: Row): Neighbour {
  const direction = row['dir'] === 'in' ? 'in' : 'out'
  return { routerId: textOf(row, 'container'), direction, host: textOf(row, 'host') }
}

/** A router that is only known of has no cost; the router itself has none either, but its next hop is "(self)". */
function isReachable(row: Row): boolean {
  return row['nextHop'] === '(self)' || Number(row['cost'] ?? 0) > 0
}

function textOf(row: Row, name: string): string {
  const value = row[name]
  return typeof value === 'string' ? value : ''
}

function fingerprint(state: RouterState): string {
  const { connectors, listeners, entityNames, routers } = state
  const sets = {
    connectors: [...connectors],
    listeners: [...listeners],
    names: [...entityNames],
    routers: [...routers],
  }
  return JSON.stringify({ ...state, ...sets, entityNames: undefined })
}
