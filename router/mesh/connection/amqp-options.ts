import type { ConnectionOptions, SaslMechanism } from '../../amqp/connection.ts'
import { int, ulong } from '../../amqp/value.ts'
import { ROUTER_CAPABILITIES } from './capabilities.ts'

/** Who opens a connection and how. */
export interface OpenFacts {
  readonly routerId: string
  readonly version: string
  /** Of the connection in this router. */
  readonly connectionId: number
  readonly hostname?: string | undefined
  readonly maxFrameSize?: number | undefined
  /** A peer silent for longer is dropped. */
  readonly idleTimeoutMs?: number | undefined
  readonly saslMechanisms: readonly SaslMechanism[]
  /** A peer that skips SASL is taken too, as nobody. */
  readonly saslOptional?: boolean | undefined
  /** Between routers each stream has a session and a link; a client needs few. */
  readonly betweenRouters: boolean
  readonly cost?: number | undefined
  readonly accessId?: string | undefined
  /** Said only by the side that dials. */
  readonly group?: TrunkFacts | undefined
}

/** How a dialling router groups its connections (protocol sheet, section 1). */
export interface TrunkFacts {
  readonly correlator: string
  /** Of the certificates in use; undefined without TLS. */
  readonly ordinal?: number | undefined
  readonly data: boolean
}

const DEFAULT_IDLE_TIMEOUT_MS = 16_000
const ANNOTATIONS_VERSION = 2
const ROLE_INTER_ROUTER_DATA = 4
const ROUTER_LIMITS = { maxSessions: 16_384, maxLinks: 16_384 }
const CLIENT_LIMITS = { maxSessions: 1_024, maxLinks: 2_048 }

/** What a router says in its open (protocol sheet, section 1). */
export function amqpOptions(facts: OpenFacts): ConnectionOptions {
  return {
    containerId: facts.routerId,
    hostname: facts.hostname,
    maxFrameSize: facts.maxFrameSize,
    // On the wire stands half of what is waited for.
    idleTimeoutMs: (facts.idleTimeoutMs ?? DEFAULT_IDLE_TIMEOUT_MS) / 2,
    offeredCapabilities: ROUTER_CAPABILITIES,
    desiredCapabilities: ROUTER_CAPABILITIES,
    properties: new Map(Object.entries(propertiesOf(facts)).filter(([, value]) => value !== undefined)),
    sasl: { mechanisms: facts.saslMechanisms, optional: facts.saslOptional },
    limits: facts.betweenRouters ? ROUTER_LIMITS : CLIENT_LIMITS,
  }
}

function propertiesOf({ version, connectionId, cost = 1, accessId, group }: OpenFacts): Record<string, unknown> {
  return {
    product: 'skupper',
    version,
    'qd.conn-id': int(connectionId),
    'qd.inter-router-cost': cost > 1 ? int(cost) : undefined,
    'qd.inter-router-role': group?.data === true ? int(ROLE_INTER_ROUTER_DATA) : undefined,
    'qd.group-correlator': group?.correlator,
    'qd.group-ordinal': group?.ordinal === undefined ? undefined : ulong(group.ordinal),
    'qd.access-id': accessId,
    'qd.annotations-version': int(ANNOTATIONS_VERSION),
  }
}

/** Whether the peer's properties say that its connection is for data only. */
export function isDataConnection(properties: ReadonlyMap<string, unknown>): boolean {
  return properties.get('qd.inter-router-role') === ROLE_INTER_ROUTER_DATA
}

/** The cost of a link: the larger of what both ends want. */
export function linkCost(ours: number | undefined, properties: ReadonlyMap<string, unknown>): number {
  const theirs = properties.get('qd.inter-router-cost')
  return Math.max(1, ours ?? 1, typeof theirs === 'number' ? theirs : 1)
}
