import type { Socket } from 'node:net'
import type { SkupperError } from '../../../core/model/error.ts'
import type { ConnectionOptions } from '../../amqp/connection.ts'
import type { ControlLog } from '../control/control-link.ts'
import type { Refusals } from './refusals.ts'
import {
  RouterConnection,
  type ConnectionOwner,
  type ConnectionRole,
  type ConnectionView,
  type LinkView,
} from './router-connection.ts'

/** A socket that becomes a connection. */
export interface NewConnection {
  /** Of the listener or connector. */
  readonly name: string
  readonly socket: Socket
  readonly dir: 'in' | 'out'
  /** As it was configured, of one that this router dials. */
  readonly dialled?: { readonly host: string; readonly port: number }
  /** What it will be, as far as is known before the peer's open. */
  readonly role: ConnectionRole
  readonly amqp: (id: number) => ConnectionOptions
  readonly owner: ConnectionOwner
}

/** All AMQP connections of this router. One log line tells of the opening of each, one of its end. */
export class Connections {
  readonly #log: ControlLog
  readonly #refusals: Refusals
  readonly #now: () => number
  readonly #byId = new Map<number, RouterConnection>()
  #lastId = 0
  #onEmpty: (() => void) | undefined

  /** `now` gives the time in ms. */
  constructor({ log, refusals, now }: { log: ControlLog; refusals: Refusals; now: () => number }) {
    this.#log = log
    this.#refusals = refusals
    this.#now = now
  }

  get(id: number): RouterConnection | undefined {
    return this.#byId.get(id)
  }

  add({ amqp, owner, ...rest }: NewConnection): RouterConnection {
    const id = ++this.#lastId
    const connection: RouterConnection = new RouterConnection({
      ...rest,
      id,
      now: this.#now,
      amqp: amqp(id),
      owner: {
        onOpen: (self, peer) => {
          const role = owner.onOpen(self, peer)
          if (role !== undefined) this.#log.info(factsOf(self, role.role), 'connection opened')
          return role
        },
        onClosed: (self, reason) => {
          this.#byId.delete(id)
          this.#tellEnd(self, reason)
          owner.onClosed(self, reason)
          if (this.#byId.size === 0) this.#onEmpty?.()
        },
      },
    })
    this.#byId.set(id, connection)
    return connection
  }

  views(): ConnectionView[] {
    return this.#all().map((connection) => connection.view())
  }

  links(): LinkView[] {
    return this.#all().flatMap((connection) => connection.links())
  }

  /** To be called about once a second. */
  sweep(): void {
    for (const connection of this.#all()) connection.sweep()
  }

  /** Resolves when all are gone, or after `deadlineMs`. */
  async whenEmpty(deadlineMs: number): Promise<void> {
    if (this.#byId.size === 0) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, deadlineMs)
      this.#onEmpty = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  closeAll(): void {
    for (const connection of this.#all()) connection.refuse('amqp:connection:forced', 'the router is shutting down')
  }

  destroyAll(reason: SkupperError): void {
    for (const connection of this.#all()) connection.amqp.destroy(reason)
  }

  #all(): RouterConnection[] {
    return [...this.#byId.values()]
  }

  #tellEnd(connection: RouterConnection, reason: SkupperError | undefined): void {
    const facts = { ...factsOf(connection), code: reason?.code }
    const text = reason === undefined ? '' : `: ${reason.message}`
    if (connection.peer !== undefined) this.#log.info(facts, `connection closed${text}`)
    // A dialler tells of its failures itself, once for many tries.
    else if (connection.dir === 'in') this.#refusals.tell(connection.name, facts, reason?.message ?? 'it left')
  }
}

function factsOf(connection: RouterConnection, role?: ConnectionRole): object {
  const { id, name, dir, host, peer } = connection
  return { connection: id, name, dir, host, role, peer: peer?.containerId, user: peer?.user }
}
