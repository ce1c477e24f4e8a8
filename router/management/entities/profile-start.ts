import { SkupperError, messageOf } from '../../../core/model/error.ts'
import type { SslProfiles } from '../../tls/ssl-profiles.ts'
import type { ConfigType, Running } from '../configured-type.ts'
import type { Attributes } from '../entity-type.ts'
import type { TlsOwner } from './mesh-parts.ts'

export interface ProfileStart<T extends ConfigType> {
  readonly profiles: SslProfiles
  readonly log: { warn(facts: object, message: string): void }
  readonly owner: TlsOwner
  readonly start: () => Running<T> | Promise<Running<T>>
  /** The status while it does not work. */
  readonly missing?: (reason: SkupperError) => Attributes
}

/** Starts a listener or connector, or, where its sslProfile is missing, has it start when the profile comes. */
export function startWithProfile<T extends ConfigType>(options: ProfileStart<T>): Running<T> | Promise<Running<T>> {
  const { profiles, log, owner, start } = options
  const { type, name, sslProfile = '' } = owner
  const reason = profiles.missing(sslProfile)
  if (reason === undefined) return start()
  log.warn({ [type]: name, sslProfile }, `does not work yet: ${reason.message}`)
  return new Waiting(options, reason)
}

class Waiting<T extends ConfigType> implements Running<T> {
  readonly #options: ProfileStart<T>
  readonly #stopWaiting: () => void
  #reason: SkupperError
  #started: Promise<Running<T> | undefined> | undefined
  #running: Running<T> | undefined

  constructor(options: ProfileStart<T>, reason: SkupperError) {
    const { type, name, sslProfile = '' } = options.owner
    this.#options = options
    this.#reason = reason
    this.#stopWaiting = options.profiles.await(sslProfile, {
      name: `${type} ${name}`,
      begin: () => {
        this.#started = this.#begin()
      },
    })
  }

  readonly status = (): Attributes =>
    this.#running === undefined ? (this.#options.missing?.(this.#reason) ?? {}) : (this.#running.status?.() ?? {})

  readonly close = async (): Promise<void> => {
    this.#stopWaiting()
    await (await this.#started)?.close()
  }

  /** Nobody waits for it: what goes wrong is told by the log and the status. */
  async #begin(): Promise<Running<T> | undefined> {
    const { start, log, owner } = this.#options
    try {
      this.#running = await start()
      return this.#running
    } catch (cause) {
      this.#reason =
        cause instanceof SkupperError ? cause : new SkupperError('router/cannot-start', messageOf(cause), { cause })
      log.warn({ [owner.type]: owner.name }, `does not work: ${this.#reason.message}`)
      return undefined
    }
  }
}
