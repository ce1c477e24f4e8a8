import type { AccessGrant } from '../../core/model/access-grant.ts'
import type { ResourceOf } from '../../core/model/resource.ts'
import type { Secret } from '../../core/model/secret.ts'

type GrantKind = 'AccessGrant' | 'Secret'

/**
 * What the token server needs of the place where resources are kept: the directory store has it, a cluster's can.
 * `applyRuntime` returns when what it wrote survives a crash, and throws `store/conflict` if somebody else wrote the
 * object since it was read.
 */
export interface GrantStore {
  list<K extends GrantKind>(kind: K): Promise<ResourceOf<K>[]>
  get<K extends GrantKind>(kind: K, name: string): Promise<ResourceOf<K> | undefined>
  applyRuntime(resource: AccessGrant | Secret): Promise<void>
  deleteRuntime(kind: 'Secret', name: string): Promise<unknown>
}
