import { formatBootFile } from '../../router/config/boot-file.ts'
import type { EntityConfig, EntityType } from '../../router/config/entities.ts'
import { LOCAL_SERVER } from '../credentials/site-credentials.ts'

const BOOT_ONLY: readonly EntityType[] = ['router', 'site', 'address', 'log']

/**
 * The part of a configuration that a router needs to run at all and takes from its boot file only: what it is, and its
 * local listeners. Everything else can be given to it over management, and refused there one by one.
 */
export function bootEntities(entities: readonly EntityConfig[]): EntityConfig[] {
  return entities.filter(([type, attributes]) => {
    if (BOOT_ONLY.includes(type)) return true
    if (type === 'listener') return 'role' in attributes && attributes.role === 'normal'
    return type === 'sslProfile' && 'name' in attributes && attributes.name === LOCAL_SERVER
  })
}

/** Certificates and log levels can change while the router runs; everything else it boots with cannot. */
export function immutablePart(entities: readonly EntityConfig[]): string {
  return formatBootFile(bootEntities(entities).filter(([type]) => type !== 'sslProfile' && type !== 'log'))
}
