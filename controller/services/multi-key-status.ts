import { listenerKey, strategyOf, type MultiKeyListener, type RankedKey } from '../../core/model/multi-key-listener.ts'
import { pending, withStatements } from '../site/statements.ts'
import { bindTrouble, configurationOf, type ServiceFacts } from './service-status.ts'

const REQUIRED = ['Configured', 'Operational']

/** The listener with its status: which of its keys somebody serves that can be reached now. */
export function multiKeyListenerWithStatus(listener: MultiKeyListener, facts: ServiceFacts): MultiKeyListener {
  const { kind, keys } = strategyOf(listener)
  const name = listenerKey(listener)
  const entities = [name, ...keys.map(({ routingKey }) => `${name}/${routingKey}`)]
  const state = facts.router.listeners.get(name)
  const reachable = keys.filter(({ routingKey }) => facts.matched.withConnector.has(routingKey))
  // What the router listens for has a destination, whatever telemetry knows.
  const hasDestination = reachable.length > 0 || state?.isUp === true
  const statements = [
    {
      type: 'Configured',
      trouble: configurationOf(facts, entities) ?? bindTrouble(listener, state),
      remark: facts.note?.message,
    },
    { type: 'Operational', trouble: hasDestination ? undefined : pending('No connector of any routing key') },
  ]
  const status = { ...listener.status, hasDestination, strategy: reachableKeys(kind, reachable) }
  const { generation } = listener.metadata
  return { ...listener, status: withStatements(status, statements, { required: REQUIRED, now: facts.now, generation }) }
}

function reachableKeys(kind: 'priority' | 'weighted', keys: readonly RankedKey[]) {
  if (kind === 'priority') return { priority: { routingKeysReachable: keys.map(({ routingKey }) => routingKey) } }
  const weights = keys.map(({ routingKey, value }) => [routingKey, value] as const)
  return { weighted: { routingKeysReachable: Object.fromEntries(weights) } }
}
