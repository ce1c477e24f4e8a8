import type { KubeClient } from '../../../core/kube/kube-client.ts'
import { errorCode } from '../../../core/kube/errors.ts'
import type { KubeObject } from '../../../core/kube/kube-object.ts'
import { MODEL_TYPES } from '../../../core/kube/resource-types.ts'
import type { GivenCredentials } from '../../../core/model/credentials.ts'
import {
  checkResource,
  isKind,
  issueMessage,
  type Kind,
  type Resource,
  type ResourceOf,
} from '../../../core/model/resource.ts'
import { secretText } from '../../../core/model/secret.ts'
import type { Resources } from '../platform.ts'

/** The resources of a namespace as an API server has them, asked anew each time. What cannot be read is left out, and told. */
export class NamespaceResources implements Resources {
  readonly #client: KubeClient
  readonly #problems = new Map<string, string>()

  constructor(client: KubeClient) {
    this.#client = client
  }

  /** What was asked for until now and could not be read as a resource. */
  get problems(): string[] {
    return [...this.#problems.values()]
  }

  async list<K extends Kind>(kind: K): Promise<ResourceOf<K>[]> {
    const objects = await this.#listed(kind)
    return objects.flatMap((object) => this.#read(kind, object) ?? [])
  }

  async get<K extends Kind>(kind: K, name: string): Promise<ResourceOf<K> | undefined> {
    const object = await this.#client.get(MODEL_TYPES[kind], name)
    return object === undefined ? undefined : this.#read(kind, object)
  }

  async apply(resource: Resource): Promise<void> {
    const { apiVersion, kind, metadata, ...fields } = resource
    const { name, labels, annotations } = metadata
    const own = { name, namespace: this.#client.namespace, labels, annotations }
    await this.#client.apply<KubeObject>({ apiVersion, kind, metadata: own, ...fields })
  }

  delete(kind: Kind, name: string): Promise<boolean> {
    return this.#client.delete(MODEL_TYPES[kind], name)
  }

  async credentials(name: string): Promise<GivenCredentials | undefined> {
    const secret = await this.get('Secret', name)
    if (secret === undefined) return undefined
    const [ca, certificate] = [secretText(secret, 'ca.crt') ?? '', secretText(secret, 'tls.crt')]
    return { ca, certificate, key: secretText(secret, 'tls.key') }
  }

  /** A cluster that does not know a kind has none of it: its namespaces are places where Skupper is not enabled. */
  async #listed(kind: Kind): Promise<readonly KubeObject[]> {
    try {
      return await this.#client.list(MODEL_TYPES[kind])
    } catch (error) {
      if (errorCode(error) === 'kube/no-crd') return []
      throw error
    }
  }

  #read<K extends Kind>(kind: K, object: KubeObject): ResourceOf<K> | undefined {
    const checked = checkResource(object)
    const key = `${kind}/${object.metadata.name}`
    this.#problems.delete(key)
    if ('resource' in checked) return isKind(checked.resource, kind) ? checked.resource : undefined
    this.#problems.set(key, issueMessage(checked.issue))
    return undefined
  }
}
