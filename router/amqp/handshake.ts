import { SkupperError } from '../../core/model/error.ts'
import { asOneOf } from './composite.ts'
import type { Composite } from './composite.ts'
import { violation } from './conditions.ts'
import type { Outbox } from './outbox.ts'

export type SaslMechanism = 'EXTERNAL' | 'ANONYMOUS'

/** How a side authenticates. */
export interface SaslOptions {
  /** What a listener offers; what a dialler uses, in order of preference (none: it skips SASL). */
  mechanisms: readonly SaslMechanism[]
  /** A listener also takes a peer that skips SASL. */
  optional?: boolean | undefined
}

const SASL_HEADER = Buffer.from([0x41, 0x4d, 0x51, 0x50, 3, 1, 0, 0])
const AMQP_HEADER = Buffer.from([0x41, 0x4d, 0x51, 0x50, 0, 1, 0, 0])
const OK = 0
const REFUSED = 1

/** The layers before the first AMQP frame, as one side goes through them (AMQP 1.0, parts 2.2 and 5.3). */
export interface Handshake {
  start(): void
  /** @throws SkupperError `amqp/wrong-protocol`, `amqp/not-allowed` */
  onHeader(bytes: Buffer): void
  /** A SASL frame's body. @throws SkupperError `amqp/sasl-refused`, `amqp/not-allowed` */
  onFrame(body: unknown): void
}

/** What a handshake needs of its connection. */
export interface HandshakeHost {
  readonly outbox: Outbox
  /** The subject of the peer's certificate, if TLS has verified it. */
  readonly certificateSubject: string | undefined
  expect(next: 'header' | 'frame'): void
  /** AMQP frames follow. `user`: who the peer has proved to be. */
  onHandshake(user: string | undefined): void
}

/** The dialling side. */
export class DiallerHandshake implements Handshake {
  readonly #host: HandshakeHost
  readonly #sasl: SaslOptions
  #stage: 'sasl-header' | 'mechanisms' | 'outcome' | 'amqp-header' = 'sasl-header'

  constructor(host: HandshakeHost, sasl: SaslOptions) {
    this.#host = host
    this.#sasl = sasl
  }

  start(): void {
    if (this.#sasl.mechanisms.length > 0) this.#host.outbox.header(SASL_HEADER)
    else this.#startAmqp()
  }

  onHeader(bytes: Buffer): void {
    const wanted = this.#stage === 'sasl-header' ? SASL_HEADER : AMQP_HEADER
    if (!bytes.equals(wanted)) throw wrongHeader(bytes, wanted)
    this.#host.expect('frame')
    if (this.#stage === 'sasl-header') this.#stage = 'mechanisms'
    else this.#host.onHandshake(undefined)
  }

  onFrame(body: unknown): void {
    const frame = asOneOf(body, ['saslMechanisms', 'saslOutcome'])
    if (frame?.name === 'saslMechanisms' && this.#stage === 'mechanisms') this.#choose(frame.fields.mechanisms)
    else if (frame?.name === 'saslOutcome' && this.#stage === 'outcome') this.#onOutcome(frame.fields.code)
    else throw violation('not-allowed', `a SASL frame out of turn, while waiting for ${this.#stage}`)
  }

  #choose(offered: readonly string[]): void {
    const mechanism = this.#sasl.mechanisms.find((wanted) => offered.includes(wanted))
    if (mechanism === undefined) {
      const wanted = this.#sasl.mechanisms.join(', ')
      const message = `the peer offers no SASL mechanism of ours: ${offered.join(', ')}; wanted ${wanted}`
      throw new SkupperError('amqp/sasl-refused', message, { given: offered, wanted })
    }
    const initialResponse = Buffer.from(mechanism === 'ANONYMOUS' ? 'anonymous' : '')
    this.#host.outbox.saslFrame('saslInit', { mechanism, initialResponse })
    this.#stage = 'outcome'
  }

  #onOutcome(code: number): void {
    if (code !== OK) {
      throw new SkupperError('amqp/sasl-refused', `the peer refused us in SASL (code ${String(code)})`, { given: code })
    }
    this.#startAmqp()
  }

  #startAmqp(): void {
    this.#stage = 'amqp-header'
    this.#host.outbox.header(AMQP_HEADER)
    this.#host.expect('header')
  }
}

/** The listening side. */
export class ListenerHandshake implements Handshake {
  readonly #host: HandshakeHost
  readonly #sasl: SaslOptions
  #stage: 'first-header' | 'init' | 'amqp-header' = 'first-header'
  #user: string | undefined

  constructor(host: HandshakeHost, sasl: SaslOptions) {
    this.#host = host
    this.#sasl = sasl
  }

  start(): void {
    return
  }

  onHeader(bytes: Buffer): void {
    if (this.#stage === 'first-header' && bytes.equals(SASL_HEADER) && this.#sasl.mechanisms.length > 0) {
      this.#offer()
    } else if (bytes.equals(AMQP_HEADER) && this.#mayStartAmqp()) {
      this.#host.outbox.header(AMQP_HEADER)
      this.#host.expect('frame')
      this.#host.onHandshake(this.#user)
    } else {
      const wanted = this.#mayStartAmqp() ? AMQP_HEADER : SASL_HEADER
      this.#host.outbox.header(wanted)
      throw wrongHeader(bytes, wanted)
    }
  }

  onFrame(body: unknown): void {
    const init = asOneOf(body, ['saslInit'])
    if (init === undefined || this.#stage !== 'init') throw violation('not-allowed', 'a SASL frame out of turn')
    const refusal = this.#refusal(init)
    this.#host.outbox.saslFrame('saslOutcome', { code: refusal === undefined ? OK : REFUSED })
    if (refusal !== undefined) throw refusal
    if (init.fields.mechanism === 'EXTERNAL') this.#user = this.#host.certificateSubject
    this.#stage = 'amqp-header'
    this.#host.expect('header')
  }

  #mayStartAmqp(): boolean {
    if (this.#stage === 'amqp-header') return true
    return this.#stage === 'first-header' && (this.#sasl.optional === true || this.#sasl.mechanisms.length === 0)
  }

  #offer(): void {
    this.#host.outbox.header(SASL_HEADER)
    this.#host.outbox.saslFrame('saslMechanisms', { mechanisms: this.#sasl.mechanisms })
    this.#stage = 'init'
    this.#host.expect('frame')
  }

  #refusal({ fields: { mechanism } }: Composite<'saslInit'>): SkupperError | undefined {
    const offered: readonly string[] = this.#sasl.mechanisms
    if (!offered.includes(mechanism)) {
      const message = `the peer wants SASL mechanism ${mechanism}; offered are ${offered.join(', ')}`
      return new SkupperError('amqp/sasl-refused', message, { given: mechanism, wanted: offered.join(', ') })
    }
    if (mechanism === 'EXTERNAL' && this.#host.certificateSubject === undefined) {
      return new SkupperError(
        'amqp/sasl-refused',
        'the peer wants SASL mechanism EXTERNAL without a verified certificate',
      )
    }
    return undefined
  }
}

function wrongHeader(bytes: Buffer, wanted: Buffer): SkupperError {
  const given = bytes.toString('hex')
  const message = `the peer's first bytes are ${given}, not the header ${wanted.toString('hex')}`
  return new SkupperError('amqp/wrong-protocol', message, { given, wanted: wanted.toString('hex') })
}
