import type { Site } from '../../core/model/site.ts'
import { settingOf } from '../../core/model/settings.ts'
import { BUILT_IN, capabilitiesOf, type EngineCapabilities } from '../../router/config/engine-capabilities.ts'

/** What a running site cannot change: with another identity it is another site. */
export interface SiteIdentity {
  /** The site's id in the network. */
  readonly id: string
  readonly name: string
  readonly engine: EngineCapabilities
  /** The engine's program on a machine, where it is not our own. */
  readonly routerBinary?: string | undefined
}

const ID_PART = 8

/** The identity of a Site; undefined until it has a uid. Throws `config/unknown-engine`. */
export function identityOf(site: Site): SiteIdentity | undefined {
  const { uid, name } = site.metadata
  if (uid === undefined) return undefined
  const engine = capabilitiesOf(settingOf(site, 'router-engine'))
  return engine === BUILT_IN
    ? { id: uid, name, engine }
    : { id: uid, name, engine, routerBinary: settingOf(site, 'router-binary') }
}

export function isSameIdentity(a: SiteIdentity, b: SiteIdentity): boolean {
  return a.id === b.id && a.name === b.name && a.engine === b.engine && a.routerBinary === b.routerBinary
}

/** The id of a site's router on a machine: readable, and unlike that of a site with the same name. */
export function routerIdOf({ id, name }: SiteIdentity): string {
  return `${name}-${id.slice(0, ID_PART)}`
}
