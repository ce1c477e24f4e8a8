import type { Peer } from '../amqp/connection.ts'
import type { Receiver, ReceiverHandler } from '../amqp/receiver.ts'
import type { Sender, SenderHandler } from '../amqp/sender.ts'
import { CAPABILITY, LINK_CREDIT, linkEnd, offers } from './capabilities.ts'
import type { ControlPlane } from './control-plane.ts'
import type { Forwarder } from './forwarder.ts'
import { InterRouterHop, PRIORITIES, type DataMembers } from './hop.ts'
import type { LinkQueue } from './link-queue.ts'
import type { Ingress } from './origin.ts'
import type { LinkView, Role, RouterConnection } from './router-connection.ts'
import { StreamPool } from './stream-pool.ts'
import { WholeDelivery } from './whole-delivery.ts'

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
  /** Called once, when both control links are there. */
  readonly onReady?: () => void
  /** Called once, when the connection is gone. */
  readonly onGone?: () => void
}

interface KnownLink {
  readonly link: Sender | Receiver
  readonly type: LinkView['type']
  readonly queue: LinkQueue | undefined
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
  readonly #control = { sender: false, receiver: false }
  #state: 'attaching' | 'up' | 'retired' = 'attaching'

  constructor(mesh: Mesh, options: ControlConnectionOptions) {
    this.#mesh = mesh
    this.#options = options
    const { peer, cost, connection } = options
    const peerId = peer.containerId
    this.#ingress = { origin: { kind: 'network', peer: peerId }, neighbour: peerId }
    const takesStreams = peer.offeredCapabilities.includes(CAPABILITY.streamingLinks)
    this.#pool = takesStreams ? new StreamPool(connection.amqp, linkEnd(CAPABILITY.data), mesh.now) : undefined
    this.hop = new InterRouterHop({ peerId, cost }, options.members, this.#pool)
    if (options.dialled) this.#attachAll()
  }

  onAttach(link: Sender | Receiver): void {
    if (has(link, CAPABILITY.control)) this.#acceptControl(link)
    else if (has(link, CAPABILITY.data)) this.#acceptData(link)
    else refuse(link, 'only links between routers on this connection')
  }

  onClosed(): void {
    this.retire()
    this.#pool?.lose()
    this.#links.clear()
    this.#options.onGone?.()
  }

  sweep(): void {
    this.#pool?.sweep()
  }

  links(): LinkView[] {
    return [...this.#links.values()].map(({ link, type, queue }) => ({
      connectionId: this.#options.connection.id,
      name: link.name,
      dir: link.role === 'sender' ? 'out' : 'in',
      type,
      address: undefined,
      unsettled: queue?.unfinished,
    }))
  }

  /** Takes the neighbour out of routing; streams under way go on as long as the connection lives. */
  retire(): void {
    const wasUp = this.#state === 'up'
    this.#state = 'retired'
    if (!wasUp) return
    this.#mesh.forwarder.removeHop(this.hop)
    this.#mesh.control.linkDown(this.hop)
  }

  /** In this order, and all before any stream: the peer tells the priorities by counting. */
  #attachAll(): void {
    this.#attachPair(CAPABILITY.control)
    for (let priority = 0; priority < PRIORITIES; priority++) this.#attachPair(CAPABILITY.data)
  }

  #attachPair(capability: 'qd.router' | 'qd.router-data'): void {
    const end = linkEnd(capability)
    const session = this.#options.connection.amqp.begin()
    const control = capability === CAPABILITY.control
    const onAttached = (half: 'sender' | 'receiver') => () => {
      if (control) this.#controlAttached(half)
    }
    const receiver = session.openReceiver(
      { source: end, target: end, credit: LINK_CREDIT },
      { ...this.#incoming(control), onAttached: onAttached('receiver') },
    )
    const sender = session.openSender(
      { source: end, target: end },
      { ...this.#outgoing(() => queue), onAttached: onAttached('sender') },
    )
    const queue = control ? this.hop.useControl(sender) : this.hop.useData(sender)
    const type = control ? 'router-control' : 'inter-router'
    this.#links.set(receiver, { link: receiver, type, queue: undefined })
    this.#links.set(sender, { link: sender, type, queue })
  }

  #acceptControl(link: Sender | Receiver): void {
    if (this.#options.dialled || this.#control[link.role]) {
      refuse(link, 'there is a control link already')
      return
    }
    if (link.role === 'receiver') this.#acceptIncoming(link, 'router-control')
    else this.#acceptOutgoing(link, 'router-control')
    this.#controlAttached(link.role)
  }

  #acceptData(link: Sender | Receiver): void {
    if (link.role === 'receiver') this.#acceptIncoming(link, 'inter-router')
    else if (!this.#options.dialled && this.hop.dataLinks < PRIORITIES) this.#acceptOutgoing(link, 'inter-router')
    else refuse(link, 'all data links are there already')
  }

  #acceptIncoming(receiver: Receiver, type: LinkView['type']): void {
    this.#links.set(receiver, { link: receiver, type, queue: undefined })
    const handler = this.#incoming(type === 'router-control')
    receiver.handler = {
      ...handler,
      onDetached: (error) => {
        this.#links.delete(receiver)
        if (type === 'router-control') handler.onDetached(error)
      },
    }
    receiver.accept({ credit: LINK_CREDIT })
  }

  #acceptOutgoing(sender: Sender, type: 'router-control' | 'inter-router'): void {
    const queue = type === 'router-control' ? this.hop.useControl(sender) : this.hop.useData(sender)
    this.#links.set(sender, { link: sender, type, queue })
    sender.handler = this.#outgoing(() => queue)
    sender.accept()
  }

  #incoming(control: boolean): ReceiverHandler {
    return {
      onDelivery: (delivery) => {
        if (!control) this.#mesh.forwarder.receive(delivery, this.#ingress)
        else {
          new WholeDelivery(delivery, (message) => {
            this.#mesh.control.receive(this.hop, message)
          })
        }
      },
      onDetached: () => {
        this.#lose()
      },
    }
  }

  #outgoing(queue: () => LinkQueue): SenderHandler {
    return {
      onCredit: () => {
        queue().pump()
      },
      onDetached: () => {
        queue().lose()
        this.#lose()
      },
    }
  }

  #controlAttached(half: 'sender' | 'receiver'): void {
    this.#control[half] = true
    if (this.#state !== 'attaching' || !this.#control.sender || !this.#control.receiver) return
    this.#state = 'up'
    this.#mesh.forwarder.addHop(this.hop)
    this.#mesh.control.linkUp(this.hop)
    this.#options.onReady?.()
  }

  /** A base link is gone. A dialler detaches its control links when it has a newer connection; its streams go on. */
  #lose(): void {
    this.retire()
    if (this.#options.dialled) {
      this.#options.connection.amqp.close('amqp:connection:forced', 'the peer detached a link between routers')
    }
  }
}

function has(link: Sender | Receiver, capability: string): boolean {
  return offers(link.source, capability) || offers(link.target, capability)
}

function refuse(link: Sender | Receiver, why: string): void {
  link.refuse('amqp:not-allowed', why)
}
