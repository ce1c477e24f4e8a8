import type { ConnectorState, ListenerState, RouterState } from '../router/router-state.ts'
import { NO_ROUTER } from '../router/router-state.ts'

export interface MergeFacts {
  /** How many routers the site is to have. */
  readonly wanted: number
  /** Why none of them runs, where that is known. */
  readonly trouble?: string | undefined
}

/** What several routers of a site report, as if they were one: what one of them has, the site has. */
export function mergedState(states: readonly RouterState[], { wanted, trouble }: MergeFacts): RouterState {
  const running = states.filter(({ isRunning }) => isRunning)
  if (running.length === 0) return { ...NO_ROUTER, trouble }
  const [only] = running
  const total = Math.max(wanted, running.length)
  if (total === 1 && only !== undefined) return only
  return {
    isRunning: true,
    entityNames: new Set(running.flatMap(({ entityNames }) => [...entityNames])),
    connectors: mergedConnectors(running, total),
    listeners: mergedListeners(running),
    neighbours: running.flatMap(({ neighbours }) => neighbours),
    routers: new Set(running.flatMap(({ routers }) => [...routers])),
    hasUplink: running.some(({ hasUplink }) => hasUplink),
  }
}

function mergedConnectors(states: readonly RouterState[], total: number): Map<string, ConnectorState> {
  const merged = new Map<string, ConnectorState>()
  for (const [name, state] of states.flatMap(({ connectors }) => [...connectors])) {
    const before = merged.get(name)
    const up = (before?.connections?.up ?? 0) + (state.isUp ? 1 : 0)
    merged.set(name, { ...(before?.isUp === true ? before : state), connections: { up, total } })
  }
  return merged
}

function mergedListeners(states: readonly RouterState[]): Map<string, ListenerState> {
  const merged = new Map<string, ListenerState>()
  for (const [name, state] of states.flatMap(({ listeners }) => [...listeners])) {
    if (merged.get(name)?.isUp !== true) merged.set(name, state)
  }
  return merged
}
