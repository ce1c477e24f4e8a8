import type { KeyObject } from 'node:crypto'
import { generateKey, privateKeyPem, readPrivateKey } from '../../core/pki/key.ts'

/** Where a site's identity key is kept: for its owner alone, and made durable before `write` returns. */
export interface KeyFile {
  /** The key as PEM; undefined if there is none yet. */
  read(): Promise<string | undefined>
  write(pem: string): Promise<void>
}

/**
 * The key a site is known by. It is made once, when first asked for, and kept over every link: grants of other sites
 * remember it. A file that cannot be read as a key is an error (`pki/not-a-key`) and never replaced.
 */
export class IdentityKey {
  readonly #file: KeyFile
  #key: Promise<KeyObject> | undefined

  constructor(file: KeyFile) {
    this.#file = file
  }

  get(): Promise<KeyObject> {
    this.#key ??= this.#load().catch((error: unknown) => {
      this.#key = undefined
      throw error
    })
    return this.#key
  }

  async #load(): Promise<KeyObject> {
    const pem = await this.#file.read()
    if (pem !== undefined) return readPrivateKey(pem)
    const key = await generateKey()
    await this.#file.write(privateKeyPem(key))
    return key
  }
}
