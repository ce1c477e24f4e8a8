import type { KeyObject } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { makeDirectory, writeFileAtomic } from '../../core/store/atomic-file.ts'
import { optional } from '../../core/store/file-error.ts'
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

/** The key in a file that only its owner may read. */
export function keyFile(path: string): KeyFile {
  return {
    read: () => optional(readFile(path, 'utf8')),
    write: async (pem) => {
      await makeDirectory(dirname(path))
      await writeFileAtomic(path, pem)
    },
  }
}
