import { CONTROLLED_ANNOTATION, MANAGED_BY, MANAGED_BY_LABEL } from '../model/annotation-names.ts'
import type { GivenCredentials } from '../model/credentials.ts'
import { SkupperError } from '../model/error.ts'
import { secretData, secretText, TLS_SECRET, type Secret } from '../model/secret.ts'
import { errorCode } from './errors.ts'
import type { KubeClient } from './kube-client.ts'
import type { KubeMetadata } from './kube-object.ts'
import type { KubeSecret } from './library-objects.ts'
import type { ObjectSource } from './object-source.ts'
import type { ResourceReader } from './resource-reader.ts'
import { SECRET } from './resource-types.ts'

const OPAQUE = 'Opaque'

export interface SecretCredentialsOptions {
  readonly client: KubeClient
  readonly namespace: string
  readonly source: ObjectSource
  readonly reader: ResourceReader
}

/** Credentials and authorities in Secrets of a namespace. Those without our label are the user's. */
export class SecretCredentials {
  readonly #options: SecretCredentialsOptions

  constructor(options: SecretCredentialsOptions) {
    this.#options = options
  }

  async read(name: string): Promise<GivenCredentials | undefined> {
    const secret = await this.#secret(name)
    return secret === undefined ? undefined : credentialsOf(secret)
  }

  /** Whether what `read` gives is the user's. */
  async isSupplied(name: string): Promise<boolean> {
    const secret = await this.#secret(name)
    return secret !== undefined && !isOurs(secret) && credentialsOf(secret) !== undefined
  }

  /** Writes ours where they differ. Throws `store/supplied` where a Secret of that name is not ours. */
  async put(name: string, credentials: GivenCredentials): Promise<void> {
    const { client, namespace, source } = this.#options
    const before = await this.#secret(name)
    if (before !== undefined && !isOurs(before)) throw supplied(name, namespace)
    const next = secretOf(name, credentials)
    if (before !== undefined && isSame(before, next)) return
    // A Secret's type never changes; what is there is ours.
    if (before !== undefined && before.type !== next.type) await this.delete(name)
    const metadata: KubeMetadata = { ...next.metadata, namespace }
    try {
      source.wrote(await client.apply<KubeSecret>({ ...next, metadata }, { force: before !== undefined }))
    } catch (error) {
      throw errorCode(error) === 'kube/conflict' ? supplied(name, namespace) : error
    }
  }

  /** Removes ours; false where there are none, and the user's stay. */
  async delete(name: string): Promise<boolean> {
    const { client, namespace, source } = this.#options
    const secret = await this.#secret(name)
    if (secret === undefined || !isOurs(secret)) return false
    const isDeleted = await client.delete(SECRET, name, { namespace, uid: secret.metadata.uid })
    source.deleted('Secret', name)
    return isDeleted
  }

  async #secret(name: string): Promise<Secret | undefined> {
    const object = await this.#options.source.get('Secret', name)
    return object === undefined ? undefined : this.#options.reader.one('Secret', object)
  }
}

/** Whether a Secret is of use to a site: others of a namespace are nobody's business. */
export function isOfUse(secret: Secret): boolean {
  const { labels = {}, annotations = {} } = secret.metadata
  if (labels[MANAGED_BY_LABEL] === MANAGED_BY || annotations[CONTROLLED_ANNOTATION] === 'true') return true
  return (
    credentialsOf(secret) !== undefined || secret.type === 'kubernetes.io/basic-auth' || 'code' in (secret.data ?? {})
  )
}

function isOurs({ metadata }: Secret): boolean {
  return metadata.labels?.[MANAGED_BY_LABEL] === MANAGED_BY
}

function credentialsOf(secret: Secret): GivenCredentials | undefined {
  const certificate = secretText(secret, 'tls.crt')
  const ca = secretText(secret, 'ca.crt') ?? certificate
  return ca === undefined ? undefined : { ca, certificate, key: secretText(secret, 'tls.key') }
}

/** Kubernetes takes the type kubernetes.io/tls only with a certificate and a key. */
function secretOf(name: string, { ca, certificate, key }: GivenCredentials) {
  const isTls = certificate !== undefined && key !== undefined
  const data = secretData({
    'ca.crt': ca,
    ...(certificate === undefined ? {} : { 'tls.crt': certificate }),
    ...(key === undefined ? {} : { 'tls.key': key }),
  })
  const labels = { [MANAGED_BY_LABEL]: MANAGED_BY, 'app.kubernetes.io/part-of': MANAGED_BY }
  return { apiVersion: 'v1', kind: 'Secret', type: isTls ? TLS_SECRET : OPAQUE, metadata: { name, labels }, data }
}

function isSame(before: Secret, next: ReturnType<typeof secretOf>): boolean {
  const [old, wanted] = [before.data ?? {}, next.data]
  const keys = new Set([...Object.keys(old), ...Object.keys(wanted)])
  return before.type === next.type && [...keys].every((key) => old[key] === wanted[key])
}

function supplied(name: string, namespace: string): SkupperError {
  const message = `Secret ${name} in namespace ${namespace} is not ours and stays as it is; wanted none, or one with the label ${MANAGED_BY_LABEL}: ${MANAGED_BY}`
  return new SkupperError('store/supplied', message, { given: name })
}
