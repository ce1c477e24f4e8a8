import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Acceptor } from '../support/amqp-deliveries.ts'
import { RecordedConnection } from '../support/amqp-pair.ts'
import { AMQP_HEADER, meetRaw, openRaw, SASL_HEADER } from '../support/amqp-raw-peer.ts'
import type { RawPeer } from '../support/amqp-raw-peer.ts'
import { eventually } from '../support/eventually.ts'
import * as amqp from '../../router/amqp/value.ts'

const attach = { name: 'x', handle: 0, receiver: false, initialDeliveryCount: 0 }

describe('what is no AMQP costs one closed connection, and is told which header is spoken here', () => {
  test.each([
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n').toString('hex')],
    ['another version', '414d515000020000'],
    ['the header of TLS', '414d515002010000'],
  ])('%s', async (_name, bytes) => {
    const { peer, handler } = await meetRaw()
    peer.raw(bytes)
    expect(await handler.closedWith()).toBe('amqp/wrong-protocol')
    await eventually(() => peer.closed)
    expect(peer.frames).toEqual([{ header: AMQP_HEADER.toString('hex') }])
  })

  test('a SASL frame that is too long', async () => {
    const { peer, handler } = await meetRaw({ sasl: { mechanisms: ['ANONYMOUS'] } })
    peer.raw(Buffer.concat([SASL_HEADER, Buffer.from('0000020102010000', 'hex')]))
    expect(await handler.closedWith()).toBe('amqp/framing-error')
    await eventually(() => peer.closed)
  })
})

describe('a fault of the connection closes it with the condition of the fault', () => {
  const faults: [string, string, (peer: RawPeer) => void][] = [
    [
      'a frame larger than we take',
      'amqp:connection:framing-error',
      (p) => {
        p.raw('0000400102000000')
      },
    ],
    [
      'a frame smaller than its head',
      'amqp:connection:framing-error',
      (p) => {
        p.raw('0000000702000000')
      },
    ],
    [
      'a body that starts in the head',
      'amqp:connection:framing-error',
      (p) => {
        p.raw('0000000801000000')
      },
    ],
    [
      'a body that starts after the end',
      'amqp:connection:framing-error',
      (p) => {
        p.raw('0000000803000000')
      },
    ],
    [
      'a SASL frame after SASL',
      'amqp:connection:framing-error',
      (p) => {
        p.raw('0000000802010000')
      },
    ],
    [
      'a body that is no value',
      'amqp:decode-error',
      (p) => {
        p.raw('000000090200000012')
      },
    ],
    [
      'a body cut short',
      'amqp:decode-error',
      (p) => {
        p.raw('0000000d02000000005311c0ff')
      },
    ],
    [
      'a frame of no known type',
      'amqp:not-implemented',
      (p) => {
        p.raw('0000000c0200000000535545')
      },
    ],
    [
      'a field of the wrong type',
      'amqp:decode-error',
      (p) => {
        p.raw('0000000f02000000005316c0020141')
      },
    ],
    [
      'a field that is missing',
      'amqp:decode-error',
      (p) => {
        p.raw('0000000c0200000000531645')
      },
    ],
    [
      'a second open',
      'amqp:not-allowed',
      (p) => {
        p.send(0, 'open', { containerId: 'again' })
      },
    ],
    [
      'a frame for no session',
      'amqp:not-allowed',
      (p) => {
        p.send(9, 'end', {})
      },
    ],
    [
      'a transfer for no session',
      'amqp:not-allowed',
      (p) => {
        p.transfer(9, [amqp.uint(0)])
      },
    ],
    [
      'a second begin on a channel',
      'amqp:not-allowed',
      (p) => {
        p.send(0, 'begin', { nextOutgoingId: 0, incomingWindow: 1, outgoingWindow: 1 })
      },
    ],
    [
      'an answer to no begin',
      'amqp:not-allowed',
      (p) => {
        p.send(1, 'begin', { remoteChannel: 7, nextOutgoingId: 0, incomingWindow: 1, outgoingWindow: 1 })
      },
    ],
    [
      'a channel beyond the highest',
      'amqp:connection:framing-error',
      (p) => {
        p.send(4096, 'begin', { nextOutgoingId: 0, incomingWindow: 1, outgoingWindow: 1 })
      },
    ],
    [
      'a handle beyond the highest',
      'amqp:connection:framing-error',
      (p) => {
        p.send(0, 'attach', { ...attach, handle: 8192 })
      },
    ],
    [
      'a SASL frame in a session',
      'amqp:not-allowed',
      (p) => {
        p.send(0, 'saslOutcome', { code: 0 })
      },
    ],
    [
      'a transfer without handle',
      'amqp:decode-error',
      (p) => {
        p.transfer(0, [null])
      },
    ],
    [
      'a transfer with a text for handle',
      'amqp:decode-error',
      (p) => {
        p.transfer(0, ['0'])
      },
    ],
  ]
  test.each(faults)('%s', async (_name, condition, commit) => {
    const { peer, handler } = await openRaw()
    commit(peer)
    expect(await peer.conditionIn('close')).toBe(condition)
    await eventually(() => peer.closed)
    expect(handler.closed).toHaveLength(1)
    expect(handler.closed[0]).toBeDefined()
  })

  test('a max-frame-size below what AMQP allows', async () => {
    const { peer } = await meetRaw()
    peer.raw(AMQP_HEADER)
    peer.send(0, 'open', { containerId: 'raw', maxFrameSize: 511 })
    expect(await peer.conditionIn('close')).toBe('amqp:invalid-field')
  })

  test('a begin before open', async () => {
    const { peer } = await meetRaw()
    peer.raw(AMQP_HEADER)
    peer.send(0, 'begin', { nextOutgoingId: 0, incomingWindow: 1, outgoingWindow: 1 })
    expect(await peer.conditionIn('close')).toBe('amqp:not-allowed')
  })
})

describe('a fault of a session ends the session alone', () => {
  const faults: [string, string, (peer: RawPeer) => void][] = [
    [
      'a transfer on no link',
      'amqp:session:unattached-handle',
      (p) => {
        p.transfer(0, [amqp.uint(5), amqp.uint(0)])
      },
    ],
    [
      'a flow for no link',
      'amqp:session:unattached-handle',
      (p) => {
        p.send(0, 'flow', { incomingWindow: 1, nextOutgoingId: 0, outgoingWindow: 1, handle: 5 })
      },
    ],
    [
      'a detach of no link',
      'amqp:session:unattached-handle',
      (p) => {
        p.send(0, 'detach', { handle: 5 })
      },
    ],
    [
      'a handle used twice',
      'amqp:session:handle-in-use',
      (p) => {
        p.send(0, 'attach', { ...attach, name: 'y' })
      },
    ],
    [
      'a name used twice',
      'amqp:not-allowed',
      (p) => {
        p.send(0, 'attach', { ...attach, handle: 1 })
      },
    ],
    [
      'a transfer to a sender',
      'amqp:not-allowed',
      (p) => {
        p.send(0, 'attach', { name: 'r', handle: 2, receiver: true })
        p.transfer(0, [amqp.uint(2), amqp.uint(0), Buffer.from('t')])
      },
    ],
    [
      'a transfer outside the window',
      'amqp:session:window-violation',
      (p) => {
        const first = [amqp.uint(0), amqp.uint(0), Buffer.from('t'), null, null, true]
        for (let i = 0; i < 3; i++) p.transfer(0, first, 'x'.repeat(900))
      },
    ],
  ]
  test.each(faults)('%s', async (_name, condition, commit) => {
    const acceptor = new Acceptor()
    acceptor.prepare = (receiver) => {
      receiver.onNext = (incoming) => {
        incoming.delivery.pause()
      }
    }
    const handler = new RecordedConnection(acceptor.attach)
    const { peer } = await openRaw({ maxFrameSize: 1024, limits: { incomingWindow: 2 } }, handler)
    peer.send(0, 'attach', attach)
    await peer.first('attach')
    commit(peer)
    expect(await peer.conditionIn('end')).toBe(condition)
    // Late frames of the ended session are ignored, and the channel is free once it has answered.
    peer.transfer(0, [amqp.uint(0), amqp.uint(9), Buffer.from('t')])
    peer.send(0, 'end', {})
    peer.send(0, 'begin', { nextOutgoingId: 0, incomingWindow: 1, outgoingWindow: 1 })
    await eventually(() => peer.all('begin').length === 2)
    expect(handler.closed).toEqual([])
    peer.send(0, 'close', {})
    expect(await handler.closedWith()).toBeUndefined()
  })
})

describe('a fault on a link detaches the link alone', () => {
  const faults: [string, string, (peer: RawPeer) => void][] = [
    [
      'a delivery without credit',
      'amqp:link:transfer-limit-exceeded',
      (p) => {
        for (let i = 0; i < 11; i++) p.transfer(0, [amqp.uint(0), amqp.uint(i), Buffer.from('t'), null, true])
      },
    ],
    [
      'a delivery without number',
      'amqp:invalid-field',
      (p) => {
        p.transfer(0, [amqp.uint(0)])
      },
    ],
    [
      'a delivery within another',
      'amqp:not-allowed',
      (p) => {
        p.transfer(0, [amqp.uint(0), amqp.uint(0), Buffer.from('t'), null, null, true])
        p.transfer(0, [amqp.uint(0), amqp.uint(1), Buffer.from('u'), null, null, true])
      },
    ],
  ]
  test.each(faults)('%s', async (_name, condition, commit) => {
    const acceptor = new Acceptor()
    acceptor.credit = 4
    const handler = new RecordedConnection(acceptor.attach)
    const { peer } = await openRaw({}, handler)
    peer.send(0, 'attach', attach)
    await peer.first('flow')
    commit(peer)
    expect(await peer.conditionIn('detach')).toBe(condition)
    peer.send(0, 'detach', { handle: 0, closed: true })
    const receiver = await eventually(() => acceptor.receivers.get('x')?.handler)
    await eventually(() => receiver.detached.length > 0)
    expect(receiver.detached[0]).toBeDefined()
    // Handle and name are free again.
    peer.send(0, 'attach', attach)
    await eventually(() => peer.all('attach').length === 2)
    peer.send(0, 'close', {})
    expect(await handler.closedWith()).toBeUndefined()
  })
})

test('random bytes after the open close the connection, and never more than that', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 8, maxLength: 64 }), async (bytes) => {
      const { peer, handler } = await openRaw()
      peer.raw(Buffer.from(bytes))
      peer.socket.end()
      await eventually(() => handler.closed.length > 0)
      expect(handler.closed).toHaveLength(1)
    }),
    { numRuns: 50 },
  )
})

test('random bodies of frames close the connection, and never more than that', async () => {
  const codes = fc.constantFrom(0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18)
  await fc.assert(
    fc.asyncProperty(codes, fc.uint8Array({ maxLength: 60 }), async (code, bytes) => {
      const { peer, handler } = await openRaw()
      const body = Buffer.concat([Buffer.from([0, 0x53, code]), Buffer.from(bytes)])
      const head = Buffer.from([0, 0, 0, body.length + 8, 2, 0, 0, 0])
      peer.raw(Buffer.concat([head, body]))
      peer.socket.end()
      await eventually(() => handler.closed.length > 0)
      expect(handler.closed).toHaveLength(1)
    }),
    { numRuns: 50 },
  )
})
