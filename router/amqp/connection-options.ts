import type { SkupperError } from '../../core/model/error.ts'
import { violation } from './conditions.ts'
import type { Fields } from './composite.ts'
import type { SaslOptions } from './handshake.ts'
import type { Receiver } from './receiver.ts'
import type { Sender } from './sender.ts'

/** Bounds of one connection. All have defaults. */
export interface ConnectionLimits {
  maxSessions: number
  maxLinks: number
  /** From the first byte to the peer's open. */
  handshakeMs: number
  /** How long our close waits for the peer's. */
  closeMs: number
  /** Bytes waiting in the socket above which no further transfers are made. */
  outboxBytes: number
  /** Bytes waiting in one delivery above which its `write` answers false. */
  deliveryBytes: number
  /** Frames that one session may have on their way to us or held here by paused deliveries. */
  incomingWindow: number
}

const DEFAULT_LIMITS: ConnectionLimits = {
  maxSessions: 4096,
  maxLinks: 8192,
  handshakeMs: 10_000,
  closeMs: 3_000,
  outboxBytes: 256 * 1024,
  deliveryBytes: 256 * 1024,
  incomingWindow: 8192,
}
const DEFAULT_MAX_FRAME_SIZE_BYTES = 16_384
/** AMQP 1.0, part 2.8.19. */
const MIN_MAX_FRAME_SIZE_BYTES = 512
const DEFAULT_CHANNEL_MAX = 32_767

export interface ConnectionOptions {
  containerId: string
  /** The host that is dialled, as the peer knows itself. */
  hostname?: string | undefined
  /** Bytes; 16384 by default. */
  maxFrameSize?: number | undefined
  channelMax?: number | undefined
  /** What we announce; silence for twice as long closes the connection. 0, the default, for never. */
  idleTimeoutMs?: number | undefined
  offeredCapabilities?: readonly string[] | undefined
  desiredCapabilities?: readonly string[] | undefined
  /** Keys become symbols. */
  properties?: ReadonlyMap<string, unknown> | Readonly<Record<string, unknown>> | undefined
  sasl: SaslOptions
  limits?: Partial<ConnectionLimits> | undefined
}

/** What the peer said in its open. */
export interface Peer {
  readonly containerId: string
  readonly hostname: string | undefined
  readonly maxFrameSize: number
  readonly channelMax: number
  readonly idleTimeoutMs: number
  readonly offeredCapabilities: readonly string[]
  readonly desiredCapabilities: readonly string[]
  readonly properties: ReadonlyMap<string, unknown>
  /** The certificate's subject (`CN=x`, parts joined by commas) of a peer that authenticated with EXTERNAL. */
  readonly user: string | undefined
}

/** Told to the owner of a connection. */
export interface ConnectionHandler {
  onOpen(peer: Peer): void
  /** The peer opened a link: set `link.handler` in this call; answer with `accept` or `refuse`, now or later. */
  onAttach(link: Sender | Receiver): void
  /** Exactly once, after all links were told. Without reason: an orderly close. */
  onClosed(reason?: SkupperError): void
}

export function withDefaults(limits: Partial<ConnectionLimits> = {}): ConnectionLimits {
  return { ...DEFAULT_LIMITS, ...limits }
}

/** Our own open, with what we need of it filled in. */
export type Open = Fields<'open'> & { maxFrameSize: number; channelMax: number }

export function openFields(o: ConnectionOptions): Open {
  return {
    containerId: o.containerId,
    hostname: o.hostname,
    maxFrameSize: o.maxFrameSize ?? DEFAULT_MAX_FRAME_SIZE_BYTES,
    channelMax: Math.min(o.channelMax ?? DEFAULT_CHANNEL_MAX, withDefaults(o.limits).maxSessions - 1),
    idleTimeout: o.idleTimeoutMs === 0 ? undefined : o.idleTimeoutMs,
    offeredCapabilities: o.offeredCapabilities,
    desiredCapabilities: o.desiredCapabilities,
    properties: o.properties instanceof Map ? o.properties : new Map(Object.entries(o.properties ?? {})),
  }
}

/** What a peer's open says, with AMQP's defaults. @throws SkupperError `amqp/invalid-field` */
export function readPeer(open: Fields<'open'>, user: string | undefined): Peer {
  const { containerId, hostname, maxFrameSize = 0xffffffff, channelMax = 0xffff, idleTimeout = 0 } = open
  if (maxFrameSize < MIN_MAX_FRAME_SIZE_BYTES) {
    throw violation('invalid-field', `max-frame-size ${String(maxFrameSize)} is too small`, maxFrameSize)
  }
  return {
    containerId,
    hostname,
    maxFrameSize,
    channelMax,
    idleTimeoutMs: idleTimeout,
    offeredCapabilities: open.offeredCapabilities ?? [],
    desiredCapabilities: open.desiredCapabilities ?? [],
    properties: open.properties ?? new Map(),
    user,
  }
}
