import { describe, expect, test } from 'vitest'
import { composite } from '../../../../router/amqp/composite.ts'
import { decodeValue } from '../../../../router/amqp/decode.ts'
import { encodeValue } from '../../../../router/amqp/encode.ts'
import { DiallerHandshake, ListenerHandshake } from '../../../../router/amqp/handshake.ts'
import type { HandshakeHost, SaslOptions } from '../../../../router/amqp/handshake.ts'
import { Outbox } from '../../../../router/amqp/outbox.ts'
import { thrownCode } from '../../../support/thrown-code.ts'

const SASL = Buffer.from('414d515003010000', 'hex')
const AMQP = Buffer.from('414d515000010000', 'hex')

class Host implements HandshakeHost {
  readonly outbox = new Outbox()
  readonly certificateSubject: string | undefined
  readonly expected: string[] = []
  done: { user: string | undefined } | undefined

  constructor(certificateSubject?: string) {
    this.certificateSubject = certificateSubject
  }

  expect(next: 'header' | 'frame'): void {
    this.expected.push(next)
  }

  onHandshake(user: string | undefined): void {
    this.done = { user }
  }

  sent(): string {
    return Buffer.concat(this.outbox.take()).toString('latin1')
  }
}

/** As it is after the wire. */
const read = (value: unknown) => decodeValue(encodeValue(value))
const mechanisms = (...names: string[]) => read(composite('saslMechanisms', { mechanisms: names }))
const init = (mechanism: string) => read(composite('saslInit', { mechanism }))
const outcome = (code: number) => read(composite('saslOutcome', { code }))

describe('the dialling side', () => {
  const dialler = (sasl: SaslOptions) => {
    const host = new Host()
    const handshake = new DiallerHandshake(host, sasl)
    handshake.start()
    return { host, handshake }
  }

  test('goes through SASL to AMQP', () => {
    const { host, handshake } = dialler({ mechanisms: ['EXTERNAL', 'ANONYMOUS'] })
    expect(host.sent()).toBe(SASL.toString('latin1'))
    handshake.onHeader(SASL)
    handshake.onFrame(mechanisms('PLAIN', 'ANONYMOUS'))
    expect(host.sent()).toContain('ANONYMOUS')
    handshake.onFrame(outcome(0))
    expect(host.sent()).toBe(AMQP.toString('latin1'))
    handshake.onHeader(AMQP)
    expect(host.done).toEqual({ user: undefined })
    expect(host.expected).toEqual(['frame', 'header', 'frame'])
  })

  test('skips SASL without mechanisms', () => {
    const { host, handshake } = dialler({ mechanisms: [] })
    expect(host.sent()).toBe(AMQP.toString('latin1'))
    handshake.onHeader(AMQP)
    expect(host.done).toBeDefined()
  })

  test.each([
    ['no mechanism of ours', 'amqp/sasl-refused', [mechanisms('PLAIN')]],
    ['a refusal', 'amqp/sasl-refused', [mechanisms('ANONYMOUS'), outcome(1)]],
    ['an outcome before its time', 'amqp/not-allowed', [outcome(0)]],
    ['mechanisms twice', 'amqp/not-allowed', [mechanisms('ANONYMOUS'), mechanisms('ANONYMOUS')]],
    ['what is no SASL frame', 'amqp/not-allowed', [null]],
  ])('%s', (_name, code, frames) => {
    const { handshake } = dialler({ mechanisms: ['ANONYMOUS'] })
    handshake.onHeader(SASL)
    expect(
      thrownCode(() => {
        for (const frame of frames) handshake.onFrame(frame)
      }),
    ).toBe(code)
  })

  test('another header', () => {
    expect(
      thrownCode(() => {
        dialler({ mechanisms: ['ANONYMOUS'] }).handshake.onHeader(AMQP)
      }),
    ).toBe('amqp/wrong-protocol')
    expect(
      thrownCode(() => {
        dialler({ mechanisms: [] }).handshake.onHeader(SASL)
      }),
    ).toBe('amqp/wrong-protocol')
  })
})

describe('the listening side', () => {
  const listener = (sasl: SaslOptions, subject?: string) => {
    const host = new Host(subject)
    const handshake = new ListenerHandshake(host, sasl)
    handshake.start()
    return { host, handshake }
  }

  test('goes through SASL to AMQP, and knows the user from the certificate', () => {
    const { host, handshake } = listener({ mechanisms: ['EXTERNAL'] }, 'CN=ts')
    expect(host.sent()).toBe('')
    handshake.onHeader(SASL)
    expect(host.sent()).toContain('EXTERNAL')
    handshake.onFrame(init('EXTERNAL'))
    handshake.onHeader(AMQP)
    expect(host.sent().endsWith(AMQP.toString('latin1'))).toBe(true)
    expect(host.done).toEqual({ user: 'CN=ts' })
  })

  test('an anonymous peer has no user, whatever its certificate', () => {
    const { host, handshake } = listener({ mechanisms: ['EXTERNAL', 'ANONYMOUS'] }, 'CN=ts')
    handshake.onHeader(SASL)
    handshake.onFrame(init('ANONYMOUS'))
    handshake.onHeader(AMQP)
    expect(host.done).toEqual({ user: undefined })
  })

  test.each([
    ['a mechanism that is not offered', 'amqp/sasl-refused', init('PLAIN')],
    ['EXTERNAL without certificate', 'amqp/sasl-refused', init('EXTERNAL')],
    ['what is no init', 'amqp/not-allowed', outcome(0)],
  ])('%s', (_name, code, frame) => {
    const { host, handshake } = listener({ mechanisms: ['EXTERNAL', 'ANONYMOUS'] })
    handshake.onHeader(SASL)
    host.sent()
    expect(
      thrownCode(() => {
        handshake.onFrame(frame)
      }),
    ).toBe(code)
    if (code === 'amqp/sasl-refused') expect(host.sent().endsWith('\x50\x01')).toBe(true)
    expect(host.done).toBeUndefined()
  })

  test('skipping SASL is for the options to allow', () => {
    const strict = listener({ mechanisms: ['ANONYMOUS'] })
    expect(
      thrownCode(() => {
        strict.handshake.onHeader(AMQP)
      }),
    ).toBe('amqp/wrong-protocol')
    expect(strict.host.sent()).toBe(SASL.toString('latin1'))
    const lenient = listener({ mechanisms: ['ANONYMOUS'], optional: true })
    lenient.handshake.onHeader(AMQP)
    expect(lenient.host.done).toBeDefined()
  })

  test('AMQP before the outcome, SASL twice, SASL where none is offered', () => {
    const early = listener({ mechanisms: ['ANONYMOUS'], optional: true })
    early.handshake.onHeader(SASL)
    expect(
      thrownCode(() => {
        early.handshake.onHeader(AMQP)
      }),
    ).toBe('amqp/wrong-protocol')
    const twice = listener({ mechanisms: ['ANONYMOUS'] })
    twice.handshake.onHeader(SASL)
    expect(
      thrownCode(() => {
        twice.handshake.onHeader(SASL)
      }),
    ).toBe('amqp/wrong-protocol')
    const none = listener({ mechanisms: [] })
    expect(
      thrownCode(() => {
        none.handshake.onHeader(SASL)
      }),
    ).toBe('amqp/wrong-protocol')
    expect(none.host.sent()).toBe(AMQP.toString('latin1'))
  })
})
