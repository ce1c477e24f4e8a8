import { randomBytes } from 'node:crypto'
import { lstat, readFile, readlink, realpath, rename, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { GivenCredentials } from '../model/credentials.ts'
import { SkupperError } from '../model/error.ts'
import { makeDirectory, syncDirectory, writeSynced } from './atomic-file.ts'
import { optional } from './file-error.ts'
import { closeTree } from './modes.ts'

/** The paths of credentials that lie in files. */
export interface CredentialFiles {
  readonly ca: string
  readonly certificate?: string | undefined
  readonly key?: string | undefined
}

const CA = 'ca.crt'
const CERTIFICATE = 'tls.crt'
const KEY = 'tls.key'
const FILES = [CA, CERTIFICATE, KEY]

/** How often a read starts again because the credentials were replaced under it. */
const MAX_TRIES = 5

/** Credentials in a directory: NAME/ca.crt, NAME/tls.crt, NAME/tls.key, as Skupper v2 lays them out. */
export class CredentialDirectory {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  /**
   * Undefined where there are none. Without a `ca.crt` the certificate stands in for it: it vouches for nobody else.
   */
  async read(name: string): Promise<GivenCredentials | undefined> {
    const path = join(this.#path, name)
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const directory = await optional(realpath(path))
      if (directory === undefined) return undefined
      const [ca, certificate, key] = await Promise.all(FILES.map((file) => text(join(directory, file))))
      await closeTree(directory)
      // Files of a directory that was replaced meanwhile may be of two sets.
      if ((await optional(realpath(path))) !== directory) continue
      const trusted = ca ?? certificate
      return trusted === undefined ? undefined : { ca: trusted, certificate, key }
    }
    throw new SkupperError('store/busy', `the credentials ${name} change faster than they can be read`)
  }

  /** The paths of what `read` gives. */
  async files(name: string): Promise<CredentialFiles | undefined> {
    const found = await this.read(name)
    if (found === undefined) return undefined
    const path = (file: string): string => join(this.#path, name, file)
    const hasCa = (await text(path(CA))) !== undefined
    return {
      ca: path(hasCa ? CA : CERTIFICATE),
      certificate: found.certificate === undefined ? undefined : path(CERTIFICATE),
      key: found.key === undefined ? undefined : path(KEY),
    }
  }

  /**
   * Replaces credentials as a whole, so that no reader and no crash ever joins a new key with an old certificate: the
   * files lie in a directory of their own, and NAME is a symbolic link that moves to it.
   */
  async put(name: string, { ca, certificate, key }: GivenCredentials): Promise<void> {
    const id = randomBytes(8).toString('hex')
    const target = `.${id}`
    await makeDirectory(join(this.#path, target))
    const contents = { [CA]: ca, [CERTIFICATE]: certificate, [KEY]: key }
    for (const [file, content] of Object.entries(contents)) {
      if (content !== undefined) await writeSynced(join(this.#path, target, file), content)
    }
    await syncDirectory(join(this.#path, target))
    const before = await this.#targetOf(name)
    await symlink(target, join(this.#path, `${target}.tmp`))
    await rename(join(this.#path, `${target}.tmp`), join(this.#path, name))
    await syncDirectory(this.#path)
    if (isOurs(before)) await rm(join(this.#path, before), { recursive: true, force: true })
  }

  async delete(name: string): Promise<boolean> {
    const found = await optional(lstat(join(this.#path, name)))
    if (found === undefined) return false
    const target = await this.#targetOf(name)
    await rm(join(this.#path, name), { recursive: true, force: true })
    if (isOurs(target)) await rm(join(this.#path, target), { recursive: true, force: true })
    return true
  }

  /** Where NAME leads; a directory that somebody made there is moved out of the way first. */
  async #targetOf(name: string): Promise<string | undefined> {
    const path = join(this.#path, name)
    const stats = await optional(lstat(path))
    if (stats === undefined) return undefined
    if (stats.isSymbolicLink()) return readlink(path)
    const moved = `.${randomBytes(8).toString('hex')}`
    await rename(path, join(this.#path, moved))
    return moved
  }
}

/** Only what we made ourselves may be removed: a link that a user put there leads to the user's own files. */
function isOurs(target: string | undefined): target is string {
  return target !== undefined && /^\.[0-9a-f]{16}$/.test(target)
}

function text(path: string): Promise<string | undefined> {
  return optional(readFile(path, 'utf8'))
}
