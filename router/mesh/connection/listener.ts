import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type Server as TlsServer, type TLSSocket } from 'node:tls'
import { messageOf, SkupperError } from '../../../core/model/error.ts'
import { publicKeyHash } from '../../../core/pki/key.ts'
import type { SaslMechanism } from '../../amqp/connection.ts'
import type { ControlLog } from '../control/control-link.ts'
import type { Refusals } from './refusals.ts'

/** Certificates of one end of TLS, PEM. */
export interface TlsFiles {
  /** The CA that the other end's certificate must come from. */
  readonly ca: string
  readonly cert: string
  readonly key: string
  /** Grows with each renewal of the certificate. */
  readonly ordinal?: number | undefined
  /** SHA-256 (hex) of public keys that are refused though their certificates are valid. */
  readonly revokedKeys?: ReadonlySet<string> | undefined
}

export interface ListenerOptions {
  readonly name: string
  readonly role: 'normal' | 'inter-router' | 'edge'
  readonly host: string
  /** 0 for a free one. */
  readonly port: number
  /** Of the links made here, at least 1; the other end may ask for more. */
  readonly cost?: number | undefined
  readonly tls?: TlsFiles | undefined
  /** With TLS: only peers with a certificate of our CA; true unless said otherwise. */
  readonly authenticatePeer?: boolean | undefined
  /** With TLS and authenticatePeer EXTERNAL, else ANONYMOUS, unless said otherwise. */
  readonly saslMechanisms?: readonly SaslMechanism[] | undefined
  readonly maxFrameSize?: number | undefined
  /** A peer silent for longer is dropped; 16 s by default. */
  readonly idleTimeoutMs?: number | undefined
  /** The id of the telemetry record of this access point; the dialling router reports it as the peer of its link. */
  readonly accessId?: string | undefined
  readonly limits?: Partial<ListenerLimits> | undefined
}

/** Bounds of one listener. */
export interface ListenerLimits {
  readonly connections: number
  /** From one IP address. */
  readonly connectionsPerPeer: number
  /** Not secured yet. With one more the oldest is dropped: who means it is done long before. */
  readonly tlsHandshakes: number
  readonly tlsHandshakeMs: number
}

const DEFAULT_LIMITS: ListenerLimits = {
  connections: 2000,
  connectionsPerPeer: 500,
  tlsHandshakes: 256,
  tlsHandshakeMs: 10_000,
}

/** What becomes of an accepted socket. With TLS it is secured; `verified` says that its certificate was checked. */
export type OnSocket = (socket: Socket, verified: boolean) => void

/** What a listener works with. */
export interface ListenerContext {
  readonly log: ControlLog
  readonly refusals: Refusals
  readonly onSocket: OnSocket
}

/** A port that routers or clients connect to. */
export class MeshListener {
  readonly options: ListenerOptions
  readonly #context: ListenerContext
  readonly #limits: ListenerLimits
  readonly #server: Server
  /** Secures the sockets that the other server accepts. */
  readonly #tls: TlsServer | undefined
  readonly #byPeer = new Map<string, number>()
  /** By the peer's address and port, oldest first: sockets that are not secured yet. */
  readonly #shaking = new Map<string, Socket>()
  /** Those that are secured, with the SHA-256 of the public key that the peer has shown; empty where it has shown none. */
  readonly #keys = new Map<Socket, string>()
  #revoked: ReadonlySet<string>
  #connections = 0

  private constructor(options: ListenerOptions, context: ListenerContext) {
    const { onSocket } = context
    this.options = options
    this.#context = context
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits }
    this.#revoked = options.tls?.revokedKeys ?? new Set()
    this.#tls = options.tls === undefined ? undefined : this.#secure(options.tls, onSocket)
    this.#server = createServer({ noDelay: true }, (socket) => {
      if (!this.#admit(socket)) socket.destroy()
      else if (this.#tls === undefined) onSocket(socket, false)
      else this.#shakeHands(socket, this.#tls)
    })
  }

  /** Resolves when the port is bound. @throws SkupperError `mesh/port-in-use`, `mesh/cannot-listen`, `mesh/bad-certificate` */
  static async open(options: ListenerOptions, context: ListenerContext): Promise<MeshListener> {
    const listener = new MeshListener(options, context)
    await listener.#bind()
    return listener
  }

  get name(): string {
    return this.options.name
  }

  /** The bound port; 0 once closed. */
  get port(): number {
    const address = this.#server.address()
    return address === null || typeof address === 'string' ? 0 : address.port
  }

  /**
   * New peers meet these certificates; connections that stand are left alone, save those of revoked keys, which end at
   * once. @throws SkupperError `mesh/bad-certificate`
   */
  setTls(tls: TlsFiles): void {
    checked(() => this.#tls?.setSecureContext(tls))
    this.#revoked = tls.revokedKeys ?? new Set()
    for (const [socket, key] of this.#keys) if (this.#revoked.has(key)) this.#refuseRevoked(socket)
  }

  /** Accepts no more. Connections that stand are left alone. Harmless when called twice. */
  close(): void {
    this.#server.close()
    for (const socket of this.#shaking.values()) socket.destroy()
  }

  #secure(tls: TlsFiles, onSocket: OnSocket): TlsServer {
    const verified = this.options.authenticatePeer ?? true
    const handshakeTimeout = this.#limits.tlsHandshakeMs
    const options = { ...tls, requestCert: verified, rejectUnauthorized: verified, handshakeTimeout }
    const server = checked(() => createTlsServer(options))
    server.on('secureConnection', (socket) => {
      this.#shaking.delete(endOf(socket))
      if (verified && !this.#mayEnter(socket)) this.#refuseRevoked(socket)
      else onSocket(socket, verified)
    })
    server.on('tlsClientError', (error, socket) => {
      this.#refuse(socket.remoteAddress, messageOf(error))
      // After a time-out it is still open.
      socket.destroy()
    })
    return server
  }

  #mayEnter(socket: TLSSocket): boolean {
    const certificate = socket.getPeerX509Certificate()
    const key = certificate === undefined ? '' : publicKeyHash(certificate.publicKey)
    this.#keys.set(socket, key)
    socket.once('close', () => this.#keys.delete(socket))
    // A peer that was verified has shown a certificate: without one nobody knows whose it is.
    return this.#revoked.size === 0 || (key !== '' && !this.#revoked.has(key))
  }

  #refuseRevoked(socket: Socket): void {
    this.#refuse(socket.remoteAddress, 'its access was revoked')
    socket.destroy()
  }

  #shakeHands(socket: Socket, tls: TlsServer): void {
    const end = endOf(socket)
    this.#shaking.set(end, socket)
    if (this.#shaking.size > this.#limits.tlsHandshakes) this.#shaking.values().next().value?.destroy()
    socket.once('close', () => {
      this.#shaking.delete(end)
    })
    tls.emit('connection', socket)
  }

  #bind(): Promise<void> {
    const { host, port } = this.options
    return new Promise((resolve, reject) => {
      const failed = (error: Error): void => {
        reject(cannotListen(this.options, error))
      }
      this.#server.once('error', failed)
      this.#server.listen({ host, port }, () => {
        this.#server.off('error', failed)
        this.#server.on('error', (error) => {
          this.#context.log.warn({ listener: this.name }, `cannot accept: ${error.message}`)
        })
        resolve()
      })
    })
  }

  #admit(socket: Socket): boolean {
    const peer = socket.remoteAddress ?? ''
    const fromPeer = this.#byPeer.get(peer) ?? 0
    if (this.#connections >= this.#limits.connections || fromPeer >= this.#limits.connectionsPerPeer) {
      this.#refuse(peer, 'too many connections')
      return false
    }
    this.#connections++
    this.#byPeer.set(peer, fromPeer + 1)
    socket.once('close', () => {
      this.#release(peer)
    })
    return true
  }

  #release(peer: string): void {
    this.#connections--
    const left = (this.#byPeer.get(peer) ?? 1) - 1
    if (left === 0) this.#byPeer.delete(peer)
    else this.#byPeer.set(peer, left)
  }

  #refuse(host: string | undefined, why: string): void {
    this.#context.refusals.tell(this.name, { host }, why)
  }
}

function endOf({ remoteAddress = '', remotePort = 0 }: Socket): string {
  return `${remoteAddress} ${String(remotePort)}`
}

function cannotListen({ name, host, port }: ListenerOptions, cause: NodeJS.ErrnoException): SkupperError {
  const code = cause.code === 'EADDRINUSE' ? 'mesh/port-in-use' : 'mesh/cannot-listen'
  const given = `${host}:${String(port)}`
  return new SkupperError(code, `listener ${name} cannot listen on ${given}: ${cause.message}`, { given, cause })
}

function checked<T>(use: () => T): T {
  try {
    return use()
  } catch (cause) {
    throw new SkupperError('mesh/bad-certificate', `cannot use the certificates: ${messageOf(cause)}`, { cause })
  }
}
