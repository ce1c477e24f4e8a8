import { isDeepStrictEqual } from 'node:util'
import { messageOf } from '../../core/model/error.ts'
import type { Credentials } from '../../core/model/credentials.ts'
import type { Log } from '../log.ts'
import { error, pending, type Trouble } from '../site/statements.ts'
import type { Grants } from '../token-server/grants.ts'
import type { GrantServer } from '../token-server/reconcile-grant.ts'
import type { Desks } from '../token-server/exchange.ts'
import { TokenServer } from '../token-server/token-server.ts'

/** Where and with what tokens are to be redeemed. */
export interface TokenPlace {
  readonly kind: 'place'
  readonly host: string
  readonly port: number
  /** What other sites dial. */
  readonly advertised: { readonly host: string; readonly port: number }
  readonly credentials: Required<Credentials>
}

/** A place, or why there is none: for now, or at all. */
export type TokenWish = TokenPlace | NoServer
type NoServer = Exclude<GrantServer, { kind: 'serving' }>

export interface TokenIssuingOptions {
  readonly grants: Grants
  readonly desks: Desks
  /** Has another port chosen for the next time, when that of the place cannot be listened on. */
  readonly choosePort: () => Promise<void>
  /** Milliseconds. */
  readonly now: () => number
  readonly log: Log
}

/** Keeps the token server where it should be, and the grants up to date with it. */
export class TokenIssuing {
  readonly #options: TokenIssuingOptions
  #serving: { readonly place: TokenPlace; readonly server: TokenServer } | undefined
  #none: NoServer = { kind: 'starting', message: 'The token server is starting' }

  constructor(options: TokenIssuingOptions) {
    this.#options = options
  }

  /** Why tokens cannot be issued; undefined if they can. */
  get trouble(): Trouble | undefined {
    if (this.#serving !== undefined) return undefined
    return this.#none.kind === 'refused' ? error(this.#none.message) : pending(this.#none.message)
  }

  /** Brings server and grants in line with the wish. A port that is taken is no error: it is told and chosen again. */
  async reconcile(wish: TokenWish, now: Date): Promise<void> {
    if (wish.kind === 'place') await this.#serve(wish)
    else {
      await this.close()
      this.#none = wish
    }
    await this.#options.grants.reconcile(this.#grantServer(), now)
  }

  /** Stops serving when the answers in the making are out. May be called twice. */
  async close(): Promise<void> {
    const serving = this.#serving
    this.#serving = undefined
    await serving?.server.close()
  }

  async #serve(place: TokenPlace): Promise<void> {
    const before = this.#serving?.place
    if (before?.host !== place.host || before.port !== place.port) await this.close()
    const server = this.#serving?.server ?? (await this.#listen(place))
    if (server === undefined) return
    if (before !== undefined && !isDeepStrictEqual(before.credentials, place.credentials)) {
      server.replaceCredentials(place.credentials)
    }
    this.#serving = { place, server }
  }

  async #listen(place: TokenPlace): Promise<TokenServer | undefined> {
    const { desks, now, log, choosePort } = this.#options
    try {
      const server = await TokenServer.listen({ ...place, desks, now, log })
      log.info({ host: place.host, port: place.port }, 'token server listens')
      return server
    } catch (cause) {
      log.warn({ reason: messageOf(cause) }, 'token server cannot listen, choosing another port')
      this.#none = { kind: 'starting', message: messageOf(cause) }
      await choosePort()
      return undefined
    }
  }

  #grantServer(): GrantServer {
    if (this.#serving === undefined) return this.#none
    const { advertised, credentials } = this.#serving.place
    const host = advertised.host.includes(':') ? `[${advertised.host}]` : advertised.host
    return { kind: 'serving', baseUrl: `https://${host}:${String(advertised.port)}`, ca: credentials.ca }
  }
}
