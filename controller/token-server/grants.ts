import type { AccessGrant } from '../../core/model/access-grant.ts'
import { SkupperError } from '../../core/model/error.ts'
import type { Secret } from '../../core/model/secret.ts'
import { GRANT_LABEL, ledgerName, ledgerSecret, readLedger } from './grant-ledger.ts'
import type { GrantLedger } from './grant-ledger.ts'
import type { GrantStore } from './grant-store.ts'
import { randomCode, reconcileGrant } from './reconcile-grant.ts'
import type { GrantServer } from './reconcile-grant.ts'
import { Turns } from './turns.ts'

/** A grant with its ledger, as they are stored now. */
export interface StoredGrant {
  readonly grant: AccessGrant
  readonly ledger: GrantLedger
  readonly save: (ledger: GrantLedger) => Promise<void>
}

/** The grants of a site. Whatever reads and then writes a ledger does so in the grant's turn, so that no use is lost. */
export class Grants {
  readonly #store: GrantStore
  readonly #turns = new Turns()

  constructor(store: GrantStore) {
    this.#store = store
  }

  /** Runs `task` with the grant of that uid, alone among all that concerns this grant; undefined if there is none. */
  withGrant<T>(uid: string, task: (stored: StoredGrant | undefined) => Promise<T>): Promise<T> {
    return this.#turns.run(uid, async () => task(await this.#find(uid)))
  }

  /** Changes the ledgers of all grants, each in its grant's turn. One that cannot be read opens nothing and is left. */
  async changeAll(change: (ledger: GrantLedger) => GrantLedger): Promise<void> {
    for (const { metadata } of await this.#store.list('AccessGrant')) {
      await this.withGrant(metadata.uid ?? '', async (stored) => {
        if (stored !== undefined) await stored.save(change(stored.ledger))
      }).catch((error: unknown) => {
        if (!(error instanceof SkupperError) || error.code !== 'grant/broken-ledger') throw error
      })
    }
  }

  /**
   * Brings all grants, their ledgers and statuses up to date, and removes ledgers whose grant is gone. A ledger that
   * cannot be read is left as it is, and its grant says so.
   */
  async reconcile(server: GrantServer, now: Date): Promise<void> {
    const grants = await this.#store.list('AccessGrant')
    for (const { metadata } of grants) {
      await this.#turns.run(metadata.uid ?? '', () => this.#reconcileOne(metadata.name, server, now))
    }
    await this.#removeOrphans(grants)
  }

  async #reconcileOne(name: string, server: GrantServer, now: Date): Promise<void> {
    const grant = await this.#store.get('AccessGrant', name)
    if (grant?.metadata.uid === undefined) return
    const secret = await this.#secretOf(grant)
    const read = secret === undefined ? undefined : tryReadLedger(secret)
    const broken = read instanceof SkupperError
    const made = reconcileGrant(grant, {
      ledger: broken ? undefined : read,
      server: broken ? { kind: 'refused', message: read.message } : server,
      now,
      newCode: randomCode,
    })
    if (made.ledger !== undefined) await this.#store.applyRuntime(ledgerSecret(grant, made.ledger, secret))
    await this.#store.applyRuntime(made.grant)
  }

  async #removeOrphans(grants: readonly AccessGrant[]): Promise<void> {
    const uids = new Set(grants.map(({ metadata }) => metadata.uid))
    for (const { metadata } of await this.#store.list('Secret')) {
      const uid = metadata.labels?.[GRANT_LABEL]
      if (uid !== undefined && !uids.has(uid)) await this.#store.deleteRuntime('Secret', metadata.name)
    }
  }

  async #find(uid: string): Promise<StoredGrant | undefined> {
    const grant = (await this.#store.list('AccessGrant')).find(({ metadata }) => metadata.uid === uid)
    const secret = grant === undefined ? undefined : await this.#secretOf(grant)
    if (grant === undefined || secret === undefined) return undefined
    const save = (ledger: GrantLedger) => this.#store.applyRuntime(ledgerSecret(grant, ledger, secret))
    return { grant, ledger: readLedger(secret), save }
  }

  async #secretOf({ metadata }: AccessGrant): Promise<Secret | undefined> {
    const secret = await this.#store.get('Secret', ledgerName(metadata.name))
    return secret?.metadata.labels?.[GRANT_LABEL] === metadata.uid ? secret : undefined
  }
}

function tryReadLedger(secret: Secret): GrantLedger | SkupperError {
  try {
    return readLedger(secret)
  } catch (error) {
    if (error instanceof SkupperError) return error
    throw error
  }
}
