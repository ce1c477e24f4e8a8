import type { SharedSecrets, StoredCredentials } from '../../webhook/serving-certificate.ts'

/** Secrets with the optimistic locking of an API server, for what is tested before any API server comes in. */
export class MemorySecrets implements SharedSecrets {
  readonly stored = new Map<string, StoredCredentials>()
  #version = 0

  read(name: string): Promise<StoredCredentials | undefined> {
    return Promise.resolve(this.stored.get(name))
  }

  write(...[name, credentials, version]: Parameters<SharedSecrets['write']>): Promise<boolean> {
    if (this.stored.get(name)?.version !== version) return Promise.resolve(false)
    this.#version++
    this.stored.set(name, { version: String(this.#version), credentials })
    return Promise.resolve(true)
  }
}
