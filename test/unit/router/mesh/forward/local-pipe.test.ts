import { expect, test } from 'vitest'
import type { IncomingHandler } from '../../../../../router/amqp/delivery.ts'
import { localPipe } from '../../../../../router/mesh/forward/local-pipe.ts'
import { recordedReader, recordedWriter, turn } from '../../../../support/recorded-handlers.ts'

function joined() {
  const { incoming, outgoing } = localPipe()
  const reader = recordedReader()
  const writer = recordedWriter()
  incoming.handler = reader
  outgoing.handler = writer
  return { incoming, outgoing, reader, writer }
}

test('bytes and the end arrive in the call that writes them', () => {
  const { outgoing, reader } = joined()
  expect(outgoing.write(Buffer.from('a'))).toBe(true)
  outgoing.write(Buffer.from('b'))
  outgoing.end()
  expect(reader.calls).toEqual(['data a', 'data b', 'end'])
})

test('a paused reader gets nothing until it resumes, then all in order, and the writer is told', () => {
  const { incoming, outgoing, reader, writer } = joined()
  incoming.pause()
  expect(outgoing.write(Buffer.from('a'))).toBe(false)
  expect(outgoing.write(Buffer.from('b'))).toBe(false)
  expect(reader.calls).toEqual([])
  incoming.resume()
  expect(reader.calls).toEqual(['data a', 'data b'])
  expect(writer.calls).toEqual(['drain'])
})

test('a reader that pauses inside onData holds the rest and the end', () => {
  const { incoming, outgoing, reader } = joined()
  const pausing: IncomingHandler = {
    ...reader,
    onData: (chunk) => {
      reader.onData(chunk)
      incoming.pause()
    },
  }
  incoming.handler = pausing
  expect(outgoing.write(Buffer.from('a'))).toBe(false)
  outgoing.write(Buffer.from('b'))
  outgoing.end()
  incoming.resume()
  expect(reader.calls).toEqual(['data a', 'data b', 'end'])
})

test('states travel back in a later turn', async () => {
  const { incoming, outgoing, writer } = joined()
  outgoing.end()
  incoming.update({ kind: 'accepted' }, true)
  expect(writer.calls).toEqual([])
  await turn()
  expect(writer.calls).toEqual(['accepted settled'])
})

test('a writer that has settled gets no states', async () => {
  const { incoming, outgoing, reader, writer } = joined()
  outgoing.end(true)
  expect(reader.calls).toEqual(['end settled'])
  expect(incoming.settled).toBe(true)
  incoming.update({ kind: 'accepted' }, true)
  await turn()
  expect(writer.calls).toEqual([])
})

test('an abort reaches a paused reader at once and drops what waits', () => {
  const { incoming, outgoing, reader } = joined()
  incoming.pause()
  outgoing.write(Buffer.from('a'))
  outgoing.abort()
  incoming.resume()
  expect(reader.calls).toEqual(['aborted'])
})

test('after the reader settled, what is still written is dropped without holding up the writer', () => {
  const { incoming, outgoing, reader } = joined()
  incoming.pause()
  incoming.update({ kind: 'released' }, true)
  expect(outgoing.write(Buffer.from('a'))).toBe(true)
  outgoing.end()
  expect(reader.calls).toEqual([])
})
