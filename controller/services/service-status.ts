import type { Connector } from '../../core/model/connector.ts'
import type { Listener } from '../../core/model/listener.ts'
import type { AnyListener } from '../../core/model/multi-key-listener.ts'
import type { ConfigNote } from '../../router/config/rendered.ts'
import type { SelectedPod } from '../../router/config/router-facts.ts'
import { configurationTrouble } from '../site/link-status.ts'
import type { ListenerState, RouterState } from '../router/router-state.ts'
import { error, pending, withStatements, type Trouble } from '../site/statements.ts'

const REQUIRED = ['Configured', 'Matched']
/** How our router words it when it cannot bind; its other messages speak of single connections. */
const CANNOT_BIND = /^(port already in use|not allowed to listen|cannot listen)/
const IN_USE = /^port already in use/

/** The routing keys that somebody in the network serves, and those that somebody listens for. */
export interface MatchedKeys {
  readonly withConnector: ReadonlySet<string>
  readonly withListener: ReadonlySet<string>
}

export interface ServiceFacts {
  readonly router: RouterState
  readonly matched: MatchedKeys
  /** What the configuration has to say of this resource. */
  readonly note: ConfigNote | undefined
  /** What the router answered when it was asked to take over entities, by their names. */
  readonly refusals: ReadonlyMap<string, string>
  readonly now: Date
}

export interface ConnectorFacts extends ServiceFacts {
  /** What a Connector with a selector selects. */
  readonly pods: readonly SelectedPod[]
}

/** The listener with its status. One that the router listens for has a connector, whatever telemetry knows (v2 #2428). */
export function listenerWithStatus(listener: Listener, facts: ServiceFacts): Listener {
  const entity = `listener/${listener.metadata.name}`
  const state = facts.router.listeners.get(entity)
  const isMatched = facts.matched.withConnector.has(listener.spec.routingKey) || state?.isUp === true
  const statements = [
    {
      type: 'Configured',
      trouble: configurationOf(facts, [entity]) ?? bindTrouble(listener, state),
      remark: facts.note?.message,
    },
    { type: 'Matched', trouble: isMatched ? undefined : pending('No matching connectors') },
  ]
  const { now } = facts
  const status = { ...listener.status, hasMatchingConnector: isMatched }
  const { generation } = listener.metadata
  return { ...listener, status: withStatements(status, statements, { required: REQUIRED, now, generation }) }
}

/** The connector with its status. */
export function connectorWithStatus(connector: Connector, facts: ConnectorFacts): Connector {
  const { host, selector } = connector.spec
  const targets = host === undefined || facts.pods.length > 0 ? facts.pods.map(({ ip }) => ip) : [host]
  const entities = targets.map((target) => `connector/${connector.metadata.name}@${target}`)
  const isMatched = facts.matched.withListener.has(connector.spec.routingKey)
  const statements = [
    { type: 'Configured', trouble: configurationOf(facts, entities), remark: facts.note?.message },
    { type: 'Matched', trouble: isMatched ? undefined : pending('No matching listeners') },
  ]
  const { now } = facts
  const selected = selector === undefined ? {} : { selectedPods: facts.pods.map(({ name, ip }) => ({ name, ip })) }
  const status = { ...connector.status, ...selected, hasMatchingListener: isMatched }
  const { generation } = connector.metadata
  return { ...connector, status: withStatements(status, statements, { required: REQUIRED, now, generation }) }
}

/** What stands in the way of Configured, which means that the router has all of the entities. */
export function configurationOf(
  { note, refusals, router }: ServiceFacts,
  entities: readonly string[],
): Trouble | undefined {
  const trouble = configurationTrouble(note)
  if (trouble !== undefined) return trouble
  if (!router.isRunning) return pending('The router is not running')
  const refusal = entities.map((entity) => refusals.get(entity)).find((reason) => reason !== undefined)
  if (refusal !== undefined) return error(`The router refused it: ${refusal}`)
  const isComplete = entities.every((entity) => router.entityNames.has(entity))
  return isComplete ? undefined : pending('The router is being configured')
}

/** Why the router cannot bind; it says so only when it has something to listen for. */
export function bindTrouble({ spec }: AnyListener, state: ListenerState | undefined): Trouble | undefined {
  if (state === undefined || state.isUp || !CANNOT_BIND.test(state.message)) return undefined
  const where = `port ${String(spec.port)} on ${spec.host}`
  if (!IN_USE.test(state.message)) return error(state.message)
  return error(`${where} is in use by another program: the listener starts as soon as it is free`)
}
