import type { Socket } from 'node:net'
import { asComposite } from '../../router/amqp/composite.ts'
import type { Composite, CompositeName, Fields } from '../../router/amqp/composite.ts'
import { Connection } from '../../router/amqp/connection.ts'
import type { ConnectionOptions } from '../../router/amqp/connection.ts'
import { Decoder } from '../../router/amqp/decode.ts'
import { encodeValue } from '../../router/amqp/encode.ts'
import { FrameReader } from '../../router/amqp/frame-reader.ts'
import type { Frame } from '../../router/amqp/frame-reader.ts'
import { Outbox } from '../../router/amqp/outbox.ts'
import * as amqp from '../../router/amqp/value.ts'
import { RecordedConnection, socketPair } from './amqp-pair.ts'
import { eventually } from './eventually.ts'

export const AMQP_HEADER = Buffer.from('414d515000010000', 'hex')
export const SASL_HEADER = Buffer.from('414d515003010000', 'hex')

/** A frame that came; a transfer has its fields in order and its payload. */
export type RawFrame =
  | { channel: number; frame: Composite }
  | { channel: number; transfer: readonly unknown[]; payload: string }
  | { header: string }
  | { empty: true }

/** A peer that keeps no state and says whatever the test wants, right or wrong. */
export class RawPeer {
  readonly frames: RawFrame[] = []
  readonly socket: Socket
  closed = false
  readonly #outbox = new Outbox()

  constructor(socket: Socket) {
    this.socket = socket
    const reader: FrameReader = new FrameReader(
      {
        onHeader: (bytes) => {
          this.frames.push({ header: bytes.toString('hex') })
          reader.expects = 'frame'
        },
        onFrame: (frame) => {
          this.frames.push(read(frame))
        },
      },
      1_000_000,
    )
    socket.on('data', (chunk: Buffer) => {
      reader.push(chunk)
    })
    socket.on('close', () => {
      this.closed = true
    })
    socket.on('error', () => undefined)
  }

  send<N extends CompositeName>(channel: number, name: N, fields: Fields<N>): void {
    this.#outbox.frame(channel, name, fields)
    for (const piece of this.#outbox.take()) this.socket.write(piece)
  }

  /** A transfer with the fields as given, in wire order: handle, delivery-id, tag, format, settled, more, … */
  transfer(channel: number, fields: readonly unknown[], payload = ''): void {
    const body = Buffer.concat([encodeValue(amqp.described(0x14, fields)), Buffer.from(payload)])
    const head = Buffer.alloc(8)
    head.writeUInt32BE(body.length + 8, 0)
    head.writeUInt8(2, 4)
    head.writeUInt16BE(channel, 6)
    this.socket.write(Buffer.concat([head, body]))
  }

  raw(bytes: Buffer | string): void {
    this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'hex') : bytes)
  }

  /** All frames of a type that came so far. */
  all<N extends CompositeName>(name: N): Fields<N>[] {
    return this.frames.flatMap((item) =>
      'frame' in item && item.frame.name === name ? [item.frame.fields as Fields<N>] : [],
    )
  }

  transfers(): Extract<RawFrame, { payload: string }>[] {
    return this.frames.filter((item) => 'payload' in item)
  }

  /** The first frame of a type, once it is there. */
  first<N extends CompositeName>(name: N): Promise<Fields<N>> {
    return eventually(() => this.all(name)[0])
  }

  /** The condition in the first frame of a type that carries an error. */
  async conditionIn(name: 'close' | 'end' | 'detach'): Promise<string | undefined> {
    const { error } = await this.first(name)
    const composite = asComposite(error)
    return composite?.name === 'error' ? composite.fields.condition : undefined
  }
}

function read(frame: Frame): RawFrame {
  if (frame.at === frame.end) return { empty: true }
  const decoder = new Decoder(frame.bytes, frame.at, frame.end)
  const value = decoder.value()
  const { channel } = frame
  const found = asComposite(value)
  if (found !== undefined) return { channel, frame: found }
  const transfer = value instanceof amqp.Described && Array.isArray(value.value) ? (value.value as unknown[]) : []
  return { channel, transfer, payload: frame.bytes.toString('latin1', decoder.at, frame.end) }
}

export interface RawMeeting {
  peer: RawPeer
  connection: Connection
  handler: RecordedConnection
}

/** An engine as listener, and a raw dialler that has said nothing yet. */
export async function meetRaw(
  options: Partial<ConnectionOptions> = {},
  handler = new RecordedConnection(),
): Promise<RawMeeting> {
  const sockets = await socketPair()
  const peer = new RawPeer(sockets.dialler)
  const connection = Connection.accept(
    sockets.listener,
    { containerId: 'engine', sasl: { mechanisms: [], optional: true }, ...options },
    handler,
  )
  return { peer, connection, handler }
}

/** As `meetRaw`, with the connection open and one session begun on channel 0. */
export async function openRaw(
  options: Partial<ConnectionOptions> = {},
  handler = new RecordedConnection(),
): Promise<RawMeeting> {
  const meeting = await meetRaw(options, handler)
  const { peer } = meeting
  peer.raw(AMQP_HEADER)
  peer.send(0, 'open', { containerId: 'raw', maxFrameSize: 4096 })
  peer.send(0, 'begin', { nextOutgoingId: 0, incomingWindow: 100, outgoingWindow: 100 })
  await peer.first('begin')
  return meeting
}
