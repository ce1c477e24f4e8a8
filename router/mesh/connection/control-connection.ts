import type { SkupperError } from '../../../core/model/error.ts'
import type { Peer } from '../../amqp/connection.ts'
import type { IncomingDelivery } from '../../amqp/delivery.ts'
import type { Receiver } from '../../amqp/receiver.ts'
import type { Sender } from '../../amqp/sender.ts'
import { CAPABILITY, LINK_CREDIT, linkEnd, offers } from './capabilities.ts'
import type { ControlPlane } from '../control/control-plane.ts'
import { DEAF_LINK } from './deaf-handlers.ts'
import { Farewell } from './farewell.ts'
import type { Forwarder } from '../forward/forwarder.ts'
import { InterRouterHop, PRIORITIES, type DataMembers } from './hop.ts'
import type { LinkQueue } from './link-queue.ts'
import type { Ingress } from '../origin.ts'
import type { LinkView, Role, RouterConnection } from './router-connection.ts'
import { StreamPool } from './stream-pool.ts'
import { WholeDelivery } from '../forward/whole-delivery.ts'

/** What connections between routers work with. */
export interface Mesh {
  readonly forwarder: Forwarder
  readonly control: ControlPlane
  /** The time in ms. */
  readonly now: () => number
}

export interface ControlConnectionOptions {
  readonly connection: RouterConnection
  readonly peer: Peer
  /** Of the link: the larger of both ends' settings. */
  readonly cost: number
  readonly members: DataMembers
  /** This side dialled: it attaches all links. */
  readonly dialled: boolean
  /** Of a dialled one that was superseded: whether others need it still. */
  readonly keptBy?: () => boolean
  /** Called once, when both control links are there. */
  readonly onReady?: () => void
  /** Called once, when the connection is gone. */
  readonly onGone?: () => void
}

type LinkKind = Exclude<LinkView['type'], 'endpoint'>

/** How long the control links may take from the open of the connection. */
const ATTACH_DEADLINE_MS = 10_000

interface KnownLink {
  readonly link: Sender | Receiver
  readonly kind: LinkKind
  /** Of a sending link. */
  readonly queue?: LinkQueue
}

/**
 * A connection between two routers (protocol sheet, section 2): one pair of control links, ten pairs of data links in
 * the order of their priority, and links for streams where there are no data connections.
 */
export class ControlConnection implements Role {
  readonly role = 'inter-router'
  readonly hop: InterRouterHop
  readonly #mesh: Mesh
  readonly #options: ControlConnectionOptions
  readonly #pool: StreamPool | undefined
  readonly #ingress: Ingress
  readonly #links = new Map<Sender | Receiver, KnownLink>()
  /** The halves of the control link pair that are attached. */
  readonly #control = new Set<'sender' | 'receiver'>()
  readonly #since: number
  #state: 'attaching' | 'up' | 'retired' = 'attaching'
  #farewell: Farewell | undefined

  constructor(mesh: Mesh, options: ControlConnectionOptions) {
    this.#mesh = mesh
    this.#options = options
    this.#since = mesh.now()
    const { peer, cost, connection } = options
    const peerId = peer.containerId
    this.#ingress = { origin: { kind: 'network', peer: peerId }, neighbour: peerId }
    const takesStreams = peer.offeredCapabilities.includes(CAPABILITY.streamingLinks)
    this.#pool = takesStreams ? new StreamPool(connection.amqp, linkEnd(CAPABILITY.data), mesh.now) : undefined
    this.hop = new InterRouterHop({ peerId, cost }, options.members, this.#pool)
    if (options.dialled) this.#attachAll()
  }

  onAttach(link: Sender | Receiver): void {
    const kind = this.#kindOf(link)
    if (kind === undefined) {
      link.refuse('amqp:not-allowed', 'no such link has a place on a connection between routers')
      return
    }
    if (link.role === 'sender') {
      this.#adoptSender(link, kind)
      link.accept()
    } else {
      this.#adoptReceiver(link, kind)
      link.accept({ credit: LINK_CREDIT })
    }
    if (kind === 'router-control') this.#controlAttached(link.role)
  }

  retire(): void {
    const wasUp = this.#state === 'up'
    this.#state = 'retired'
    if (!wasUp) return
    this.#mesh.forwarder.removeHop(this.hop)
    this.#mesh.control.linkDown(this.hop)
  }

  /** A newer connection of this connector has taken over: the peer is told so, and what is under way goes on. */
  supersede(): void {
    this.retire()
    this.#farewell = new Farewell(this.#options.connection, this.#mesh.now)
    for (const { link, kind } of [...this.#links.values()]) if (kind === 'router-control') link.detach()
  }

  onClosed(): void {
    this.retire()
    this.#pool?.lose()
    this.#options.onGone?.()
  }

  sweep(): void {
    this.#pool?.sweep()
    this.#farewell?.check(this.#isBusy)
    if (this.#state === 'attaching' && this.#mesh.now() - this.#since > ATTACH_DEADLINE_MS) {
      this.#options.connection.refuse('amqp:connection:forced', 'the links between routers were not attached in time')
    }
  }

  links(): LinkView[] {
    return [...this.#links.values()].map(({ link, kind, queue }) => ({
      connectionId: this.#options.connection.id,
      name: link.name,
      dir: link.role === 'sender' ? 'out' : 'in',
      type: kind,
      address: undefined,
      unsettled: queue?.unfinished,
    }))
  }

  get #isBusy(): boolean {
    const isKept = this.#options.keptBy?.() ?? false
    return isKept || (this.#pool?.busy ?? 0) > 0 || [...this.#links.values()].some(({ link }) => !link.idle)
  }

  /** What a link of the peer's is for; undefined if there is no place for it. */
  #kindOf(link: Sender | Receiver): LinkKind | undefined {
    const { dialled } = this.#options
    if (names(link, CAPABILITY.control)) return dialled || this.#control.has(link.role) ? undefined : 'router-control'
    if (!names(link, CAPABILITY.data)) return undefined
    const attached = link.role === 'sender' ? this.hop.dataLinks : this.#dataReceivers()
    if (attached < PRIORITIES && !dialled) return 'inter-router'
    return link.role === 'receiver' ? 'streaming' : undefined
  }

  #dataReceivers(): number {
    return [...this.#links.values()].filter(({ link, kind }) => kind === 'inter-router' && link.role === 'receiver')
      .length
  }

  /** In this order, and all before any stream: the peer tells the priorities by counting. */
  #attachAll(): void {
    this.#attachPair('router-control')
    for (let priority = 0; priority < PRIORITIES; priority++) this.#attachPair('inter-router')
  }

  #attachPair(kind: 'router-control' | 'inter-router'): void {
    const end = linkEnd(kind === 'router-control' ? CAPABILITY.control : CAPABILITY.data)
    const ends = { source: end, target: end }
    const session = this.#options.connection.amqp.begin()
    this.#adoptReceiver(session.openReceiver({ ...ends, credit: LINK_CREDIT }, DEAF_LINK), kind)
    this.#adoptSender(session.openSender(ends, DEAF_LINK), kind)
  }

  #adoptSender(sender: Sender, kind: LinkKind): void {
    const queue = kind === 'router-control' ? this.hop.useControl(sender) : this.hop.useData(sender)
    this.#links.set(sender, { link: sender, kind, queue })
    sender.handler = {
      onAttached: () => {
        if (kind === 'router-control') this.#controlAttached('sender')
      },
      onCredit: () => {
        queue.pump()
      },
      onDetached: (error) => {
        queue.lose()
        this.#forget(sender, { kind, error })
      },
    }
  }

  #adoptReceiver(receiver: Receiver, kind: LinkKind): void {
    this.#links.set(receiver, { link: receiver, kind })
    receiver.handler = {
      onAttached: () => {
        if (kind === 'router-control') this.#controlAttached('receiver')
      },
      onDelivery: (delivery) => {
        if (kind === 'router-control') this.#takeControl(delivery)
        else this.#mesh.forwarder.receive(delivery, this.#ingress)
      },
      onDetached: (error) => {
        this.#forget(receiver, { kind, error })
      },
    }
  }

  #takeControl(delivery: IncomingDelivery): void {
    new WholeDelivery(delivery, (message) => {
      this.#mesh.control.receive(this.hop, message)
    })
  }

  #controlAttached(half: 'sender' | 'receiver'): void {
    this.#control.add(half)
    if (this.#state !== 'attaching' || this.#control.size < 2) return
    this.#state = 'up'
    this.#mesh.forwarder.addHop(this.hop)
    this.#mesh.control.linkUp(this.hop)
    this.#options.onReady?.()
  }

  /**
   * A dialler that has a newer connection detaches its control links, and its streams go on. That the accepting side
   * detaches a link it must keep leaves nothing to do but dial anew.
   */
  #forget(link: Sender | Receiver, { kind, error }: { kind: LinkKind; error: SkupperError | undefined }): void {
    this.#links.delete(link)
    if (kind === 'streaming') return
    this.retire()
    if (!this.#options.dialled || this.#farewell !== undefined) return
    const why = error === undefined ? '' : `: ${error.message}`
    this.#options.connection.refuse('amqp:connection:forced', `the other end has closed the link${why}`)
  }
}

function names(link: Sender | Receiver, capability: string): boolean {
  return offers(link.source, capability) || offers(link.target, capability)
}
