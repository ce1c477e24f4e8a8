import { strategyOf, type MultiKeyListener } from '../../core/model/multi-key-listener.ts'
import { problemOf, targetsOf, type TargetSources } from './service-targets.ts'

/** How one entry leads to several services. */
export interface StrategyView {
  kind: 'priority' | 'weighted'
  keys: KeyView[]
}

export interface KeyView {
  routingKey: string
  /** Only of weighted keys. */
  weight?: number
  /** In all sites together. */
  targets: number
}

/** The entries that lead to several services, which are listed under the name that clients call. */
export function multiKeyServices(listeners: readonly MultiKeyListener[], sources: TargetSources) {
  return listeners.map((listener) => multiKeyService(listener, sources))
}

/** The keys as lines, in the order in which they are taken or with their weights. */
export function strategyLines({ kind, keys }: StrategyView): string[] {
  return keys.map(({ routingKey, weight, targets }, index) => {
    const rank = kind === 'priority' ? `${String(index + 1)}.` : `weight ${String(weight)}:`
    return `${rank} ${routingKey}: ${String(targets)}`
  })
}

function multiKeyService(listener: MultiKeyListener, sources: TargetSources) {
  const { kind, keys } = strategyOf(listener)
  const { host, port } = listener.spec
  const problem = problemOf(listener)
  const views = keys.map(({ routingKey, value }) => {
    const targets = targetsOf(routingKey, sources).reduce((sum, { count }) => sum + count, 0)
    return { routingKey, ...(kind === 'weighted' ? { weight: value } : {}), targets }
  })
  return {
    name: host,
    address: `${host}:${String(port)}`,
    protocol: 'tcp' as const,
    targets: [],
    strategy: { kind, keys: views },
    labels: { ...listener.metadata.labels },
    ...(problem === undefined ? {} : { problem }),
  }
}
