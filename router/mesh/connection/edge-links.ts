import type { Peer } from '../../amqp/connection.ts'
import type { Receiver } from '../../amqp/receiver.ts'
import type { Sender } from '../../amqp/sender.ts'
import { edgeAddress } from '../address.ts'
import type { Forwarder, Subscription } from '../forward/forwarder.ts'
import { WholeDelivery } from '../forward/whole-delivery.ts'
import type { Ingress } from '../origin.ts'
import { AddressTracking } from './address-tracking.ts'
import { CAPABILITY, LINK_CREDIT, linkEnd, offers } from './capabilities.ts'
import { EDGE_NAMES } from './edge-names.ts'
import { LinkQueue } from './link-queue.ts'
import type { LinkView, Role, RouterConnection } from './router-connection.ts'
import { StreamPool } from './stream-pool.ts'

export interface EdgeLinksOptions {
  readonly connection: RouterConnection
  readonly peer: Peer
  readonly forwarder: Forwarder
  readonly routerId: string
  /** The time in ms. */
  readonly now: () => number
  /** The edge has made this its active connection. */
  readonly onActive: () => void
  readonly onGone: () => void
}

/** By then an edge that dialled anew has attached all its links. */
const HAND_OVER_MS = 5_000
/** An edge tells the name of its mesh once for each start. */
const MESH_CREDIT = 3

interface Consumer {
  readonly sender: Sender
  readonly address: string
  readonly queue: LinkQueue
  readonly subscription: Subscription
}

interface Producer {
  readonly receiver: Receiver
  /** Undefined where each message names its own. */
  readonly address: string | undefined
  readonly stopWatching: () => void
}

/**
 * An edge router that dialled this interior router (protocol sheet, section 3, "interior's duty"). Addresses with a
 * consumer at the edge are consumers here, so that the network hears of them from this router; what the edge sends to
 * an address waits for credit until somebody elsewhere takes it.
 */
export class EdgeLinks implements Role {
  readonly role = 'edge'
  readonly #options: EdgeLinksOptions
  readonly #edgeId: string
  readonly #ingress: Ingress
  readonly #pool: StreamPool | undefined
  readonly #consumers = new Map<Sender, Consumer>()
  readonly #producers = new Map<Receiver, Producer>()
  /** What is known of each address that the edge sends to, by key. */
  readonly #followed = new Map<string, boolean>()
  #tracking: AddressTracking | undefined
  /** The connection whose part this one takes, address by address. */
  #before: { readonly links: EdgeLinks; readonly sinceMs: number } | undefined

  constructor(options: EdgeLinksOptions) {
    const { connection, peer, now } = options
    this.#options = options
    this.#edgeId = peer.containerId
    this.#ingress = { origin: { kind: 'network', peer: peer.containerId }, edge: this }
    const takesStreams = peer.offeredCapabilities.includes(CAPABILITY.streamingLinks)
    this.#pool = takesStreams ? new StreamPool(connection.amqp, linkEnd(), now) : undefined
  }

  onAttach(link: Sender | Receiver): void {
    if (link.role === 'sender') this.#attachSender(link)
    else this.#attachReceiver(link)
  }

  /** The edge has dialled anew: what comes for it goes by this connection as soon as it has a link for it. */
  succeed(before: EdgeLinks): void {
    this.#before = { links: before, sinceMs: this.#options.now() }
  }

  /** What is for `address` goes another way from now on. */
  withdraw(address: string): void {
    for (const consumer of this.#consumers.values()) if (consumer.address === address) consumer.subscription.close()
  }

  retire(): void {
    for (const { subscription } of this.#consumers.values()) subscription.close()
    for (const { stopWatching } of this.#producers.values()) stopWatching()
  }

  onClosed(): void {
    this.retire()
    for (const { queue } of this.#consumers.values()) queue.lose()
    this.#consumers.clear()
    this.#producers.clear()
    this.#pool?.lose()
    this.#options.onGone()
  }

  sweep(): void {
    this.#pool?.sweep()
    if (this.#before === undefined || this.#options.now() - this.#before.sinceMs < HAND_OVER_MS) return
    this.#before.links.retire()
    this.#before = undefined
  }

  links(): LinkView[] {
    const connectionId = this.#options.connection.id
    const outgoing = [...this.#consumers.values()].map(({ sender, address, queue }) => ({
      ...{ connectionId, name: sender.name, dir: 'out' as const, type: 'endpoint' as const, address },
      unsettled: queue.unfinished,
    }))
    const incoming = [...this.#producers.values()].map(({ receiver, address }) => ({
      ...{ connectionId, name: receiver.name, dir: 'in' as const, type: 'endpoint' as const, address },
      unsettled: undefined,
    }))
    return [...outgoing, ...incoming]
  }

  #attachSender(sender: Sender): void {
    const { source } = sender
    if (offers(source, EDGE_NAMES.downlink)) this.#attachDownlink(sender)
    else if (source?.address === EDGE_NAMES.tracking) this.#attachTracking(sender)
    else if (source?.dynamic === true) this.#attachConsumer(sender, this.#options.forwarder.replyAddress())
    else if (source?.address !== undefined && this.#isMobile(source.address)) {
      this.#attachConsumer(sender, source.address)
    } else refuse(sender, source?.address)
  }

  /** Brings the edge all that names it. */
  #attachDownlink(sender: Sender): void {
    if (sender.source?.address !== this.#edgeId) {
      refuse(sender, sender.source?.address)
      return
    }
    this.#options.onActive()
    this.#attachConsumer(sender, edgeAddress(this.#edgeId))
  }

  #attachConsumer(sender: Sender, address: string): void {
    const queue = new LinkQueue(sender)
    const subscription = this.#options.forwarder.subscribeLink(
      address,
      (options) => (options.streaming ? this.#pool : undefined)?.open(options) ?? queue.open(options),
      { edge: this },
    )
    const consumer = { sender, address, queue, subscription }
    this.#consumers.set(sender, consumer)
    this.#before?.links.withdraw(address)
    sender.handler = {
      onCredit: () => {
        queue.pump()
      },
      onDetached: () => {
        this.#consumers.delete(sender)
        subscription.close()
        queue.lose()
      },
    }
    const { source } = sender
    sender.accept(source?.dynamic === true ? { source: { ...source, address } } : {})
  }

  #attachTracking(sender: Sender): void {
    const tracking = new AddressTracking(sender, this.#options.routerId)
    sender.handler = {
      onCredit: () => {
        tracking.pump()
      },
      onDetached: () => {
        if (this.#tracking === tracking) this.#tracking = undefined
      },
    }
    sender.accept()
    this.#tracking = tracking
    for (const [key, reachable] of this.#followed) if (reachable) tracking.tell(key, true)
  }

  #attachReceiver(receiver: Receiver): void {
    const { target } = receiver
    if (target?.dynamic === true) receiver.refuse('amqp:not-implemented', 'a dynamic target')
    else if (target?.address === EDGE_NAMES.meshDiscovery) this.#attachMeshDiscovery(receiver)
    else if (target?.address === undefined) this.#attachProducer(receiver, undefined)
    else if (this.#isMobile(target.address)) this.#attachProducer(receiver, target.address)
    else refuse(receiver, target.address)
  }

  /** Meshes of edges are not told apart: the name is taken and not used. */
  #attachMeshDiscovery(receiver: Receiver): void {
    receiver.handler = {
      onDelivery: (delivery) => {
        new WholeDelivery(delivery, () => undefined)
      },
      onDetached: () => undefined,
    }
    receiver.accept({ credit: MESH_CREDIT })
  }

  #attachProducer(receiver: Receiver, address: string | undefined): void {
    const ingress = address === undefined ? this.#ingress : { ...this.#ingress, to: address }
    receiver.handler = {
      onDelivery: (delivery) => {
        this.#options.forwarder.receive(delivery, ingress)
      },
      onDetached: () => {
        this.#producers.get(receiver)?.stopWatching()
        this.#producers.delete(receiver)
      },
    }
    receiver.accept({ credit: address === undefined ? LINK_CREDIT : 0 })
    const stopWatching = address === undefined ? nothing : this.#follow(receiver, address)
    this.#producers.set(receiver, { receiver, address, stopWatching })
  }

  /** Gives credit, and tells the edge, while there is somebody to send to. */
  #follow(receiver: Receiver, address: string): () => void {
    const { forwarder } = this.#options
    const key = forwarder.key(address)
    const stop = forwarder.watch(
      address,
      (reachable) => {
        receiver.renewCredit(reachable ? LINK_CREDIT : 0)
        const told = this.#followed.get(key) ?? false
        this.#followed.set(key, reachable)
        if (told !== reachable) this.#tracking?.tell(key, reachable)
      },
      this,
    )
    return () => {
      stop()
      this.#followed.delete(key)
    }
  }

  /** What is for one router, or the routers' own, is no edge's business. */
  #isMobile(address: string): boolean {
    const key = this.#options.forwarder.key(address)
    return key.startsWith('M') && !key.startsWith('M_$') && key.length > 1
  }
}

const nothing = (): void => undefined

function refuse(link: Sender | Receiver, address: string | undefined): void {
  link.refuse('amqp:not-allowed', `an edge router has no link for the address ${JSON.stringify(address ?? null)}`)
}
