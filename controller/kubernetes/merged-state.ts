import type { ConnectorState, ListenerState, RouterState } from '../router/router-state.ts'
import { NO_ROUTER } from '../router/router-state.ts'

/** What several routers of a site report, as if they were one: what one of them has, the site has. */
export function mergedState(states: readonly RouterState[], trouble: string | undefined): RouterState {
  const running = states.filter(({ isRunning }) => isRunning)
  if (running.length === 0) return { ...NO_ROUTER, trouble }
  const [only] = running
  if (running.length === 1 && only !== undefined) return only
  return {
    isRunning: true,
    entityNames: new Set(running.flatMap(({ entityNames }) => [...entityNames])),
    connectors: mergedConnectors(running),
    listeners: mergedListeners(running),
    neighbours: running.flatMap(({ neighbours }) => neighbours),
    routers: new Set(running.flatMap(({ routers }) => [...routers])),
  }
}

function mergedConnectors(states: readonly RouterState[]): Map<string, ConnectorState> {
  const merged = new Map<string, ConnectorState>()
  for (const [name, state] of states.flatMap(({ connectors }) => [...connectors])) {
    if (merged.get(name)?.isUp !== true) merged.set(name, state)
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
