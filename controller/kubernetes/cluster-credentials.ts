import type { KubeClient } from '../../core/kube/kube-client.ts'
import type { KubeObject } from '../../core/kube/kube-object.ts'
import { SECRET } from '../../core/kube/resource-types.ts'
import { MANAGED_BY, MANAGED_BY_LABEL } from '../../core/model/annotation-names.ts'
import type { GivenCredentials } from '../../core/model/credentials.ts'
import { secretData, secretText, type Secret } from '../../core/model/secret.ts'
import type { SiteStore } from '../../core/model/site-store.ts'
import type { CredentialFiles } from '../../router/config/router-facts.ts'
import type { KeyFile } from '../redemption/identity-key.ts'
import type { CredentialPlace, TextPlace } from '../site/premises.ts'
import { owned, SITE_LABEL, type Owner } from './site-labels.ts'
import { credentialPaths, ORDINALS_KEY } from './site-objects.ts'

const IDENTITY_SECRET = 'skupper-site-identity'
const KEY = 'tls.key'

export interface ClusterCredentialsOptions {
  readonly client: KubeClient
  readonly store: SiteStore
}

/** Credentials of a site in a cluster: routers find them in a mounted Secret, the identity key is a Secret of its own. */
export class ClusterCredentials implements CredentialPlace {
  readonly ordinals: TextPlace
  readonly identityKey: KeyFile
  readonly #client: KubeClient
  readonly #store: SiteStore
  #owner: Owner | undefined
  #ordinals = ''

  constructor({ client, store }: ClusterCredentialsOptions) {
    this.#client = client
    this.#store = store
    this.ordinals = {
      read: () => Promise.resolve(this.#ordinals),
      // Kept with the boot file, which goes out in the same pass.
      write: (text) => {
        this.#ordinals = text
        return Promise.resolve()
      },
    }
    this.identityKey = { read: () => this.#readKey(), write: (pem) => this.#writeKey(pem) }
  }

  /** The numbers of renewals, to be kept with the boot file. */
  get ordinalsText(): string {
    return this.#ordinals
  }

  /** Takes up the numbers that an earlier controller kept. */
  restore(data: unknown): void {
    const kept: unknown = typeof data === 'object' && data !== null ? Reflect.get(data, ORDINALS_KEY) : undefined
    this.#ordinals = typeof kept === 'string' ? kept : ''
  }

  belongTo(owner: Owner): void {
    this.#owner = owner
  }

  files(name: string, content: GivenCredentials): Promise<CredentialFiles> {
    return Promise.resolve(credentialPaths(name, content))
  }

  async kept(): Promise<readonly string[]> {
    const secrets = await this.#store.list('Secret')
    return secrets.filter(isKept).map(({ metadata }) => metadata.name)
  }

  async #readKey(): Promise<string | undefined> {
    const secret = await this.#client.get(SECRET, IDENTITY_SECRET)
    const encoded = secret?.data?.[KEY]
    return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString('utf8')
  }

  async #writeKey(pem: string): Promise<void> {
    if (this.#owner === undefined) throw new Error('a site has an owner before it has a key')
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: IDENTITY_SECRET },
      type: 'Opaque',
      data: secretData({ [KEY]: pem }),
    }
    await this.#client.apply(owned(secret, this.#owner))
  }
}

/** The key that a site is known by: it stays as long as the Site, though no router is given it. */
export function isIdentityKey({ kind, metadata }: KubeObject): boolean {
  return kind === 'Secret' && metadata.name === IDENTITY_SECRET
}

/** Credentials that the store keeps for us; other Secrets of ours are looked after as objects of the site. */
function isKept(secret: Secret): boolean {
  const { labels } = secret.metadata
  if (labels?.[MANAGED_BY_LABEL] !== MANAGED_BY || labels[SITE_LABEL] !== undefined) return false
  return secretText(secret, 'ca.crt') !== undefined
}
