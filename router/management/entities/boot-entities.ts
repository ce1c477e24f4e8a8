import { attributeNames, managementType } from '../../config/entities.ts'
import type { AttributesOf } from '../../config/entities.ts'
import type { Entity, EntityType } from '../entity-type.ts'

/** What the router says of itself beside its configuration. */
export interface RouterFacts {
  readonly version: string
  readonly hostName: string
}

/** The router entity: its configuration as booted, and its version. */
export function routerType(attributes: AttributesOf<'router'>, facts: RouterFacts): EntityType {
  const own = { area: '0', defaultDistribution: 'balanced', ...facts }
  return fixedType('router', {
    ...attributes,
    ...own,
    name: `router/${attributes.id}`,
    identity: `router/${attributes.id}`,
  })
}

/** The site entity, as booted. */
export function siteType(attributes: AttributesOf<'site'>): EntityType {
  const name = attributes.name ?? 'site/0'
  return fixedType('site', { ...attributes, name, identity: `site/${name}` })
}

function fixedType(type: 'router' | 'site', entity: Entity): EntityType {
  const names = new Set([...attributeNames(type), ...Object.keys(entity)])
  return {
    type: managementType(type),
    attributes: [...names].filter((name) => name !== 'name' && name !== 'identity'),
    list: () => [entity],
  }
}
