import type { Peer } from '../../amqp/connection.ts'
import type { OutgoingDelivery } from '../../amqp/delivery.ts'
import type { Receiver } from '../../amqp/receiver.ts'
import type { Sender } from '../../amqp/sender.ts'
import type { Session } from '../../amqp/session.ts'
import { edgeAddress } from '../address.ts'
import type { EdgePlane, Uplink } from '../control/edge-plane.ts'
import type { Forwarder } from '../forward/forwarder.ts'
import type { Hop } from '../forward/hop-target.ts'
import type { WayOptions } from '../forward/target.ts'
import { WholeDelivery } from '../forward/whole-delivery.ts'
import type { Ingress } from '../origin.ts'
import { readTracking } from './address-tracking.ts'
import { CAPABILITY, LINK_CREDIT, linkEnd } from './capabilities.ts'
import { DEAF_LINK } from './deaf-handlers.ts'
import { EDGE_NAMES } from './edge-names.ts'
import { Farewell } from './farewell.ts'
import { LinkQueue } from './link-queue.ts'
import type { LinkView, Role, RouterConnection } from './router-connection.ts'
import { StreamPool } from './stream-pool.ts'

export interface EdgeUplinkOptions {
  readonly connection: RouterConnection
  readonly peer: Peer
  /** Of the link: the larger of both ends' settings. */
  readonly cost: number
  /** Of this edge router. */
  readonly routerId: string
  readonly forwarder: Forwarder
  readonly plane: EdgePlane<Hop>
  /** The uplink to the same place whose part it takes; else it stands by where there is one. */
  readonly before?: EdgeUplink | undefined
  /** The time in ms. */
  readonly now: () => number
}

const TRACKING_CREDIT = 32
/** By then an interior router has told which of the addresses that are asked about have a consumer. */
const CONFIRMED_AFTER_MS = 5_000
/** How long the links of the active uplink may take. */
const ATTACH_DEADLINE_MS = 10_000

/** The links that every active uplink has. */
type FixedLink = 'uplink' | 'downlink' | 'tracking'

interface KnownLink {
  readonly link: Sender | Receiver
  readonly type: LinkView['type']
  readonly address: string | undefined
}

/**
 * A connection of this edge router to an interior one (protocol sheet, section 3). While it is the active one it has a
 * link each way for what names a router, a link for each address that is consumed or followed here, and one that tells
 * which of the followed ones have a consumer. One that stands by has none.
 */
export class EdgeUplink implements Role, Uplink<Hop> {
  readonly role = 'edge'
  readonly hop: UplinkHop
  readonly #options: EdgeUplinkOptions
  readonly #ingress: Ingress
  readonly #links = new Map<Sender | Receiver, KnownLink>()
  readonly #consumed = new Map<string, Receiver>()
  readonly #followed = new Map<string, Sender>()
  readonly #missing = new Set<FixedLink>()
  #session: Session | undefined
  #activeSince: number | undefined
  #retired = false
  #farewell: Farewell | undefined

  constructor(options: EdgeUplinkOptions) {
    const { peer, cost, connection, now, plane } = options
    this.#options = options
    const peerId = peer.containerId
    this.#ingress = { origin: { kind: 'network', peer: peerId }, neighbour: peerId }
    const takesStreams = peer.offeredCapabilities.includes(CAPABILITY.streamingLinks)
    const pool = takesStreams ? new StreamPool(connection.amqp, linkEnd(), now) : undefined
    this.hop = new UplinkHop({ peerId, cost }, pool)
    plane.join(this, options.before)
  }

  /** The interior router opens links for streams, and no others. */
  onAttach(link: Sender | Receiver): void {
    const addressed = link.source?.address !== undefined || link.target?.address !== undefined
    if (link.role === 'sender' || addressed) {
      link.refuse('amqp:not-allowed', 'an edge router takes only links for streams')
      return
    }
    this.#adoptReceiver(link, { type: 'streaming', ingress: this.#ingress })
    link.accept({ credit: LINK_CREDIT })
  }

  activate(): void {
    const { routerId, connection, now } = this.#options
    this.#activeSince = now()
    const session = connection.amqp.begin()
    this.#session = session
    for (const link of ['uplink', 'downlink', 'tracking'] as const) this.#missing.add(link)
    const sender = session.openSender({ source: linkEnd(), target: linkEnd() }, DEAF_LINK)
    const queue = this.hop.use(sender)
    this.#note(sender, 'endpoint')
    sender.handler = {
      onAttached: () => this.#missing.delete('uplink'),
      onCredit: () => {
        queue.pump()
      },
      onDetached: () => {
        queue.lose()
        this.#lost(sender)
      },
    }
    this.#attachDownlink(session, routerId)
    this.#attachTracking(session)
  }

  consume(address: string): void {
    const session = this.#session
    if (session === undefined) return
    const ends = { source: { ...linkEnd(), address }, target: linkEnd() }
    const receiver = session.openReceiver({ ...ends, credit: LINK_CREDIT }, DEAF_LINK)
    this.#consumed.set(address, receiver)
    this.#adoptReceiver(receiver, { type: 'endpoint', address, ingress: { ...this.#ingress, to: address } })
  }

  ignore(address: string): void {
    this.#consumed.get(address)?.detach()
    this.#consumed.delete(address)
  }

  follow(address: string): void {
    const session = this.#session
    if (session === undefined) return
    const sender = session.openSender({ source: linkEnd(), target: { ...linkEnd(), address } }, DEAF_LINK)
    this.#followed.set(address, sender)
    this.#note(sender, 'endpoint', address)
    sender.handler = {
      onCredit: () => undefined,
      onDetached: () => {
        this.#links.delete(sender)
      },
    }
  }

  unfollow(address: string): void {
    this.#followed.get(address)?.detach()
    this.#followed.delete(address)
  }

  retire(): void {
    this.#retired = true
    this.#options.plane.leave(this)
  }

  /** A newer connection has taken over: no new traffic; what is under way goes on, and then the connection closes. */
  supersede(): void {
    this.retire()
    this.#farewell = new Farewell(this.#options.connection, this.#options.now)
    this.#detachIdle()
  }

  onClosed(): void {
    this.retire()
    this.hop.lose()
  }

  sweep(): void {
    this.hop.sweep()
    if (this.#farewell !== undefined) {
      this.#detachIdle()
      this.#farewell.check(this.hop.busy || [...this.#links.values()].some(({ link }) => !link.idle))
      return
    }
    if (this.#activeSince === undefined) return
    const activeMs = this.#options.now() - this.#activeSince
    if (activeMs > CONFIRMED_AFTER_MS) this.#options.plane.forgetUnconfirmed(this)
    if (this.#missing.size === 0 || activeMs < ATTACH_DEADLINE_MS) return
    this.#options.connection.refuse('amqp:connection:forced', `no ${[...this.#missing].join(', ')} link in time`)
  }

  links(): LinkView[] {
    return [...this.#links.values()].map(({ link, type, address }) => ({
      connectionId: this.#options.connection.id,
      name: link.name,
      dir: link.role === 'sender' ? 'out' : 'in',
      type,
      address,
      unsettled: undefined,
    }))
  }

  /** What names this edge leads to the newer connection; streams have links of their own. */
  #detachIdle(): void {
    for (const { link, type } of [...this.#links.values()]) if (type === 'endpoint' && link.idle) link.detach()
  }

  #attachDownlink(session: Session, routerId: string): void {
    const end = linkEnd(EDGE_NAMES.downlink)
    const ends = { source: { ...end, address: routerId }, target: end }
    const receiver = session.openReceiver({ ...ends, credit: LINK_CREDIT }, DEAF_LINK)
    const address = edgeAddress(routerId)
    this.#adoptReceiver(receiver, { type: 'endpoint', address, ingress: this.#ingress, fixed: 'downlink' })
  }

  #attachTracking(session: Session): void {
    const ends = { source: { ...linkEnd(), address: EDGE_NAMES.tracking }, target: linkEnd() }
    const receiver = session.openReceiver({ ...ends, credit: TRACKING_CREDIT }, DEAF_LINK)
    this.#note(receiver, 'endpoint', EDGE_NAMES.tracking)
    receiver.handler = {
      onAttached: () => this.#missing.delete('tracking'),
      onDelivery: (delivery) => {
        new WholeDelivery(delivery, (message) => {
          const news = readTracking(message)
          if (news !== undefined && !this.#retired) this.#options.plane.heard(news.key, news.reachable)
        })
      },
      onDetached: () => {
        this.#lost(receiver)
      },
    }
  }

  #adoptReceiver(receiver: Receiver, { type, address, ingress, fixed }: Adoption): void {
    this.#note(receiver, type, address)
    receiver.handler = {
      onAttached: () => {
        if (fixed !== undefined) this.#missing.delete(fixed)
      },
      onDelivery: (delivery) => {
        this.#options.forwarder.receive(delivery, ingress)
      },
      onDetached: () => {
        if (fixed === undefined) this.#links.delete(receiver)
        else this.#lost(receiver)
      },
    }
  }

  #note(link: Sender | Receiver, type: LinkView['type'], address?: string): void {
    this.#links.set(link, { link, type, address })
  }

  /** Without one of its fixed links an uplink is none. */
  #lost(link: Sender | Receiver): void {
    this.#links.delete(link)
    if (this.#retired) return
    this.#options.connection.refuse('amqp:connection:forced', 'the other end has closed a link that an edge needs')
  }
}

interface Adoption {
  readonly type: LinkView['type']
  readonly address?: string
  readonly ingress: Ingress
  readonly fixed?: FixedLink
}

/** The interior router behind an uplink, as the forwarder sees it. */
class UplinkHop implements Hop {
  readonly peerId: string
  readonly cost: number
  readonly #pool: StreamPool | undefined
  #queue: LinkQueue | undefined

  /** Without `pool` the peer takes no links for streams: they share the uplink. */
  constructor({ peerId, cost }: { peerId: string; cost: number }, pool: StreamPool | undefined) {
    this.peerId = peerId
    this.cost = cost
    this.#pool = pool
  }

  /** The anonymous sending link. The queue it answers is to be pumped as credit comes. */
  use(sender: Sender): LinkQueue {
    this.#queue = new LinkQueue(sender)
    return this.#queue
  }

  /** Edges exchange no control messages. */
  send(): void {
    return
  }

  open(options: WayOptions): OutgoingDelivery | undefined {
    if (this.#queue === undefined) return undefined
    return (options.streaming ? this.#pool : undefined)?.open(options) ?? this.#queue.open(options)
  }

  /** It carries a stream. */
  get busy(): boolean {
    return (this.#pool?.busy ?? 0) > 0
  }

  sweep(): void {
    this.#pool?.sweep()
  }

  lose(): void {
    this.#pool?.lose()
  }
}
