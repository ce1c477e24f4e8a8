import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FrameReader } from '../../../../router/amqp/frame-reader.ts'
import type { FrameSink } from '../../../../router/amqp/frame-reader.ts'
import { thrownCode } from '../../../support/thrown-code.ts'

const MAX = 100
const HEADER = Buffer.from('414d515000010000', 'hex')

function frame(body: Buffer, { type = 0, channel = 0, extra = 0 } = {}): Buffer {
  const head = Buffer.alloc(8 + extra)
  head.writeUInt32BE(head.length + body.length, 0)
  head[4] = head.length / 4
  head[5] = type
  head.writeUInt16BE(channel, 6)
  return Buffer.concat([head, body])
}

/** Keeps what it hears, as text. */
class Sink implements FrameSink {
  readonly heard: string[] = []
  readonly buffers: Buffer[] = []
  reader: FrameReader | undefined

  onHeader(bytes: Buffer): void {
    this.heard.push(`header ${bytes.toString('hex')}`)
    if (this.reader !== undefined) this.reader.expects = 'frame'
  }

  onFrame({ type, channel, bytes, at, end }: Parameters<FrameSink['onFrame']>[0]): void {
    this.heard.push(`${String(type)}/${String(channel)} ${bytes.toString('latin1', at, end)}`)
    this.buffers.push(bytes)
  }
}

function newReader() {
  const sink = new Sink()
  const reader = new FrameReader(sink, MAX)
  sink.reader = reader
  return { sink, reader }
}

const conversation = Buffer.concat([
  HEADER,
  frame(Buffer.alloc(0)),
  frame(Buffer.from('one'), { type: 1 }),
  frame(Buffer.from('two'), { channel: 300, extra: 8 }),
  frame(Buffer.alloc(MAX - 8, 'x')),
])
const heard = [`header ${HEADER.toString('hex')}`, '0/0 ', '1/0 one', '0/300 two', `0/0 ${'x'.repeat(MAX - 8)}`]

test('frames are the same wherever the bytes are cut', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(conversation.length)), (places) => {
      const { sink, reader } = newReader()
      const cuts = [0, ...places.sort((a, b) => a - b), conversation.length]
      for (let i = 1; i < cuts.length; i++) reader.push(conversation.subarray(cuts[i - 1], cuts[i]))
      expect(sink.heard).toEqual(heard)
    }),
  )
})

test('byte by byte', () => {
  const { sink, reader } = newReader()
  for (const byte of conversation) reader.push(Buffer.from([byte]))
  expect(sink.heard).toEqual(heard)
})

test('a frame within one chunk is not copied', () => {
  const { sink, reader } = newReader()
  reader.push(conversation)
  expect(sink.buffers.every((bytes) => bytes === conversation)).toBe(true)
})

describe('a frame that cannot be is refused as soon as its head is here', () => {
  test.each([
    ['larger than allowed', '00000065 02000000'],
    ['of 4 GB', 'ffffffff 02000000'],
    ['smaller than its head', '00000007 02000000'],
    ['whose body starts in its head', '00000010 01000000 0000000000000000'],
    ['whose body starts behind it', '00000008 03000000'],
  ])('%s', (_name, hex) => {
    const { reader } = newReader()
    const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex')
    reader.push(HEADER)
    expect(
      thrownCode(() => {
        reader.push(bytes)
      }),
    ).toBe('amqp/framing-error')
    const slow = newReader().reader
    slow.push(HEADER)
    const oneByOne = () => {
      for (const byte of bytes) slow.push(Buffer.from([byte]))
    }
    expect(thrownCode(oneByOne)).toBe('amqp/framing-error')
  })
})

test('after stop nothing more is read, not even of the same chunk', () => {
  const { sink, reader } = newReader()
  const onFrame = sink.onFrame.bind(sink)
  sink.onFrame = (item) => {
    onFrame(item)
    reader.stop()
  }
  reader.push(conversation)
  reader.push(conversation)
  expect(sink.heard).toHaveLength(2)
})
