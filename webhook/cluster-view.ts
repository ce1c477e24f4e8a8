import type { ExposableObject } from '../core/model/exposure/exposable-object.ts'
import type { Policies } from '../core/model/exposure/exposure-of.ts'
import type { PolicyNamespace } from '../core/model/policy/cluster-policy.ts'
import type { PeerAuthentication } from './mesh.ts'

/** What a review needs to know of the cluster: answered from memory, never by a call. */
export interface ClusterView {
  readonly policies: Policies
  /** The namespace with its labels; one that is not known yet has none. */
  namespace(name: string): PolicyNamespace
  hasSite(namespace: string): boolean
  /** Whether a site controller of ours is there: resources of other namespaces are somebody else's. */
  hasController(namespace: string): boolean
  /** Objects of the namespace that are exposed under the address. */
  exposedAt(namespace: string, address: string): readonly ExposedObject[]
  /** Undefined where they cannot be read, or the cluster does not know the kind. */
  readonly peerAuthentications: readonly PeerAuthentication[] | undefined
}

/** An object that is exposed, with the ports under which it is called. */
export interface ExposedObject {
  readonly object: ExposableObject
  readonly ports: readonly number[]
}
