import { SkupperError } from '../../core/model/error.ts'

/** What a router can be configured to do beyond what every router can. */
export interface EngineCapabilities {
  /** The name in the site's setting `router-engine`. */
  readonly engine: string
  /** Has httpListener and httpConnector, which balance each request. */
  readonly httpListener: boolean
  /** Takes another value for a listenerAddress while it runs; else the entity is made anew. */
  readonly updatesAddresses: boolean
  /** Serves health and metrics at the host that it is told; else at every address of its machine. */
  readonly bindsHealth: boolean
  /** Takes certificates over management, as texts; else it reads its files only. */
  readonly inlineTls: boolean
  /** Turns keys away that were revoked, though their certificates are valid. */
  readonly revokesKeys: boolean
}

/** Our own router. */
export const BUILT_IN: EngineCapabilities = {
  engine: 'built-in',
  httpListener: false,
  updatesAddresses: true,
  bindsHealth: true,
  inlineTls: true,
  revokesKeys: true,
}

/** skupper-router 3.x, written in C: it balances connections, and has no httpListener since 3.1. */
export const SKUPPER_ROUTER: EngineCapabilities = {
  engine: 'skupper-router',
  httpListener: false,
  updatesAddresses: false,
  bindsHealth: false,
  inlineTls: false,
  revokesKeys: false,
}

/** The capabilities of the engine of that name. Throws `config/unknown-engine`. */
export function capabilitiesOf(engine: string): EngineCapabilities {
  const known = [BUILT_IN, SKUPPER_ROUTER]
  const found = known.find((candidate) => candidate.engine === engine)
  if (found !== undefined) return found
  const wanted = `one of ${known.map((candidate) => candidate.engine).join(', ')}`
  const message = `router engine is "${engine}"; wanted ${wanted}`
  throw new SkupperError('config/unknown-engine', message, { given: engine, wanted })
}
