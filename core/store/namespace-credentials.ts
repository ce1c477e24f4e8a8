import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { GivenCredentials } from '../model/credentials.ts'
import { SkupperError } from '../model/error.ts'
import { resourceName } from '../model/field-schemas.ts'
import { secretText, type Secret } from '../model/secret.ts'
import { makeDirectory } from './atomic-file.ts'
import { CredentialDirectory, type CredentialFiles } from './credential-directory.ts'
import type { WriteAccess } from './write-access.ts'

export interface NamespaceCredentialsOptions {
  readonly root: string
  /** `certs` or `issuers`. */
  readonly folder: string
  readonly access: WriteAccess
  readonly secret: (name: string) => Promise<Secret | undefined>
}

/** Credentials of a namespace: the user's files win over the user's Secret, and that over our own files. */
export class NamespaceCredentials {
  readonly #options: NamespaceCredentialsOptions
  readonly #users: CredentialDirectory
  readonly #ours: CredentialDirectory

  constructor(options: NamespaceCredentialsOptions) {
    this.#options = options
    this.#users = new CredentialDirectory(join(options.root, 'input', options.folder))
    this.#ours = new CredentialDirectory(join(options.root, 'runtime', options.folder))
  }

  async read(name: string): Promise<GivenCredentials | undefined> {
    checkName(name)
    return (await this.#users.read(name)) ?? (await this.#inSecret(name)) ?? (await this.#ours.read(name))
  }

  /** Whether what `read` gives is the user's and not ours. */
  async isSupplied(name: string): Promise<boolean> {
    checkName(name)
    return (await this.#users.read(name)) !== undefined || (await this.#inSecret(name)) !== undefined
  }

  async files(name: string): Promise<CredentialFiles | undefined> {
    checkName(name)
    const users = await this.#users.files(name)
    if (users !== undefined) return users
    const secret = await this.#inSecret(name)
    if (secret !== undefined && !isDeepStrictEqual(secret, await this.#ours.read(name))) await this.put(name, secret)
    return this.#ours.files(name)
  }

  async put(name: string, credentials: GivenCredentials): Promise<void> {
    checkName(name)
    await makeDirectory(join(this.#options.root, 'runtime', this.#options.folder))
    await this.#options.access.exclusively(() => this.#ours.put(name, credentials))
  }

  /** Removes our own files; the user's stay. */
  async delete(name: string): Promise<boolean> {
    checkName(name)
    if ((await this.#ours.read(name)) === undefined) return false
    return this.#options.access.exclusively(() => this.#ours.delete(name))
  }

  async #inSecret(name: string): Promise<GivenCredentials | undefined> {
    const secret = await this.#options.secret(name)
    if (secret === undefined) return undefined
    const certificate = secretText(secret, 'tls.crt')
    const ca = secretText(secret, 'ca.crt') ?? certificate
    return ca === undefined ? undefined : { ca, certificate, key: secretText(secret, 'tls.key') }
  }
}

/** A name becomes a path: it may lead nowhere else. */
function checkName(name: string): void {
  const wanted = resourceName.safeParse(name).error?.issues[0]?.message
  if (wanted === undefined) return
  const message = `credentials "${name}": wanted ${wanted}`
  throw new SkupperError('store/invalid-name', message, { given: name, wanted })
}
