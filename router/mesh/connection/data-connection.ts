import type { Peer } from '../../amqp/connection.ts'
import type { Receiver } from '../../amqp/receiver.ts'
import type { Sender } from '../../amqp/sender.ts'
import { LINK_CREDIT, linkEnd } from './capabilities.ts'
import { Farewell } from './farewell.ts'
import type { Mesh } from './control-connection.ts'
import type { Ingress } from '../origin.ts'
import type { LinkView, Role, RouterConnection } from './router-connection.ts'
import { StreamPool } from './stream-pool.ts'

/** A connection that carries only streams, beside the control connection to the same router (protocol sheet, section 1). */
export class DataConnection implements Role {
  readonly role = 'inter-router-data'
  readonly pool: StreamPool
  readonly #connection: RouterConnection
  readonly #mesh: Mesh
  readonly #ingress: Ingress
  readonly #onRetired: () => void
  readonly #receivers = new Set<Receiver>()
  #farewell: Farewell | undefined

  /** `onRetired` takes the pool out of its group; it may be called twice. */
  constructor(
    mesh: Mesh,
    { connection, peer, onRetired }: { connection: RouterConnection; peer: Peer; onRetired: () => void },
  ) {
    this.#mesh = mesh
    this.#connection = connection
    this.#onRetired = onRetired
    this.#ingress = { origin: { kind: 'network', peer: peer.containerId }, neighbour: peer.containerId }
    this.pool = new StreamPool(connection.amqp, linkEnd(), mesh.now)
  }

  onAttach(link: Sender | Receiver): void {
    const ends = [link.source, link.target]
    const plain = ends.every((end) => end?.address === undefined && (end?.capabilities ?? []).length === 0)
    if (link.role === 'sender' || !plain) {
      link.refuse('amqp:not-allowed', 'only links for streams on this connection')
      return
    }
    this.#receivers.add(link)
    link.handler = {
      onDelivery: (delivery) => {
        this.#mesh.forwarder.receive(delivery, this.#ingress)
      },
      onDetached: () => {
        this.#receivers.delete(link)
      },
    }
    link.accept({ credit: LINK_CREDIT })
  }

  retire(): void {
    this.#onRetired()
  }

  /** A newer group has taken over: what is under way goes on, and then the connection closes. */
  supersede(): void {
    this.retire()
    this.#farewell = new Farewell(this.#connection, this.#mesh.now)
  }

  onClosed(): void {
    this.retire()
    this.pool.lose()
  }

  sweep(): void {
    this.pool.sweep()
    this.#farewell?.check(this.pool.busy > 0 || [...this.#receivers].some(({ idle }) => !idle))
  }

  links(): LinkView[] {
    return [...this.#receivers].map(({ name }) => ({
      connectionId: this.#connection.id,
      name,
      dir: 'in',
      type: 'streaming',
      address: undefined,
      unsettled: undefined,
    }))
  }
}
