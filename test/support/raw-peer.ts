import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { Connection, type ConnectionHandler, type ConnectionOptions, type Peer } from '../../router/amqp/connection.ts'
import type { IncomingDelivery } from '../../router/amqp/delivery.ts'
import { encodeMessage } from '../../router/amqp/message.ts'
import type { Receiver } from '../../router/amqp/receiver.ts'
import type { Sender } from '../../router/amqp/sender.ts'
import { CAPABILITY, linkEnd, ROUTER_CAPABILITIES } from '../../router/mesh/connection/capabilities.ts'
import { encodeAnnotations } from '../../router/mesh/router-annotations.ts'
import { eventually } from './eventually.ts'

/** One end of an AMQP connection that a test drives by hand. */
export class RawPeer implements ConnectionHandler {
  readonly connection: Connection
  peer: Peer | undefined
  closed = false
  /** What the connection was closed with: its AMQP condition. */
  closedBy: unknown
  /** Links that the other side attached, in order; all are accepted. */
  readonly attached: (Sender | Receiver)[] = []
  /** Why links were refused or detached: AMQP conditions. */
  readonly detached: unknown[] = []
  readonly deliveries: { readonly receiver: Receiver; readonly bytes: Buffer[] }[] = []

  constructor(socket: Socket, options: ConnectionOptions, role: 'dial' | 'accept') {
    this.connection = Connection[role](socket, options, this)
  }

  onOpen(peer: Peer): void {
    this.peer = peer
  }

  onAttach(link: Sender | Receiver): void {
    this.attached.push(link)
    if (link.role === 'sender') {
      link.handler = { onCredit: () => undefined, onDetached: (error) => this.detached.push(error?.given) }
      link.accept()
    } else {
      link.handler = this.#receiverHandler(() => link)
      link.accept({ credit: 250 })
    }
  }

  onClosed(reason?: { given?: unknown }): void {
    this.closed = true
    this.closedBy = reason?.given
  }

  /** Attaches a sending link with this capability; null termini without. */
  openSender(capability?: string, address?: string): Sender {
    const end = linkEnd(capability)
    const target = address === undefined ? end : { ...end, address }
    return this.connection
      .begin()
      .openSender(
        { source: end, target },
        { onCredit: () => undefined, onDetached: (error) => this.detached.push(error?.given) },
      )
  }

  openReceiver(capability?: string): Receiver {
    const end = linkEnd(capability)
    const receiver = this.connection.begin().openReceiver(
      { source: end, target: end, credit: 250 },
      this.#receiverHandler(() => receiver),
    )
    return receiver
  }

  /** What a dialling router attaches first: one pair of control links, ten of data links. */
  attachAll(): AttachedPairs {
    const pair = (capability: string) => {
      const receiver = this.openReceiver(capability)
      return { receiver, sender: this.openSender(capability) }
    }
    return { control: pair(CAPABILITY.control), data: Array.from({ length: 10 }, () => pair(CAPABILITY.data)) }
  }

  /** A HELLO that lists `neighbour`, so that it takes this peer, `id`, for its neighbour. */
  async hello(control: Sender, id: string, neighbour: string): Promise<void> {
    const body = { id, pv: 1, area: '0', instance: 1, seen: [neighbour] }
    const applicationProperties = { opcode: 'HELLO' }
    await this.send(control, encodeMessage({ to: 'amqp:/_local/qdhello', applicationProperties, body }))
  }

  /** Sends a message of router `peer`, as soon as there is credit. */
  async send(sender: Sender, message: Buffer): Promise<void> {
    await eventually(() => sender.credit > 0)
    const annotations = { flags: 0, toOverride: undefined, ingress: '0/peer', trace: ['0/peer'] }
    const delivery = sender.send()
    delivery.write(Buffer.concat([encodeAnnotations(annotations), message]))
    delivery.end()
  }

  #receiverHandler(receiver: () => Receiver) {
    return {
      onDelivery: (delivery: IncomingDelivery) => {
        const bytes: Buffer[] = []
        this.deliveries.push({ receiver: receiver(), bytes })
        delivery.handler = { onData: (chunk) => bytes.push(chunk), onEnd: () => undefined, onAborted: () => undefined }
      },
      onDetached: (error?: { given?: unknown }) => this.detached.push(error?.given),
    }
  }
}

/** The links of a dialled connection; the n-th data pair has priority n. */
export interface AttachedPairs {
  readonly control: { readonly sender: Sender; readonly receiver: Receiver }
  readonly data: readonly { readonly sender: Sender; readonly receiver: Receiver }[]
}

/** What a router says of itself, where a test wants nothing else. */
export function routerOptions(containerId: string, change: Partial<ConnectionOptions> = {}): ConnectionOptions {
  return {
    containerId,
    offeredCapabilities: ROUTER_CAPABILITIES,
    desiredCapabilities: ROUTER_CAPABILITIES,
    sasl: { mechanisms: ['ANONYMOUS'] },
    ...change,
  }
}

/** Dials `port` of 127.0.0.1; resolves when the connection is open or closed. */
export async function rawDial(port: number, options: ConnectionOptions): Promise<RawPeer> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  const peer = new RawPeer(socket, options, 'dial')
  onTestFinished(() => {
    socket.destroy()
  })
  await eventually(() => peer.peer !== undefined || peer.closed)
  return peer
}

/** Listens on 127.0.0.1; the peers it has accepted are in `peers`. */
export async function rawListen(options: ConnectionOptions): Promise<{ port: number; peers: RawPeer[] }> {
  const peers: RawPeer[] = []
  const server = createServer((socket) => {
    peers.push(new RawPeer(socket, options, 'accept'))
    onTestFinished(() => {
      socket.destroy()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('listens on no TCP port')
  return { port: address.port, peers }
}
