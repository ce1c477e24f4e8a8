import { duplexPair } from 'node:stream'
import type { Duplex } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { Flusher } from '../../../../router/amqp/flusher.ts'
import type { Pumpable } from '../../../../router/amqp/flusher.ts'
import { eventually } from '../../../support/eventually.ts'

const LIMIT = 100_000

function newFlusher() {
  const [socket, far] = duplexPair()
  const faults: unknown[] = []
  const flusher = new Flusher(socket, LIMIT, (thrown) => faults.push(thrown))
  return { socket, far, faults, flusher }
}

/** A link with so many chunks to send, each marked with its letter. */
class Link implements Pumpable {
  left: number
  readonly #flusher: Flusher
  readonly #chunk: Buffer

  constructor(flusher: Flusher, letter: string, chunks: number) {
    this.#flusher = flusher
    this.#chunk = Buffer.alloc(1000, letter)
    this.left = chunks
  }

  pump(quantum: number): boolean {
    const limit = this.#flusher.outbox.total + quantum
    while (this.left > 0 && this.#flusher.outbox.total < limit) {
      this.#flusher.outbox.append(this.#chunk, 0, this.#chunk.length)
      this.left--
    }
    return this.left > 0
  }
}

const countWrites = (socket: Duplex) => {
  const writes: number[] = []
  const write = socket._write.bind(socket)
  socket._write = (chunk: Buffer, encoding, callback) => {
    writes.push(chunk.length)
    write(chunk, encoding, callback)
  }
  return writes
}

test('what happens in a turn leaves at its end, in one write', async () => {
  const { flusher, socket, far } = newFlusher()
  const writes = countWrites(socket)
  flusher.outbox.emptyFrame()
  flusher.schedule()
  flusher.wake(new Link(flusher, 'a', 2))
  flusher.owe({
    writeFlow: () => {
      flusher.outbox.emptyFrame()
    },
  })
  expect(writes).toEqual([])
  far.resume()
  await eventually(() => writes.length > 0)
  expect(writes).toEqual([2016])
  expect(flusher.bytesOut).toBe(2016)
})

test('links have their turns, and none beyond what the socket may hold', async () => {
  const { flusher, far } = newFlusher()
  const [a, b] = [new Link(flusher, 'a', 500), new Link(flusher, 'b', 500)]
  flusher.wake(a)
  flusher.wake(b)
  await eventually(() => a.left < 500)
  expect(a.left).toBeGreaterThan(300)
  expect(b.left).toBeGreaterThan(300)
  const got: Buffer[] = []
  far.on('data', (chunk: Buffer) => got.push(chunk))
  await eventually(() => Buffer.concat(got).length === 1_000_000)
  const half = Buffer.concat(got).subarray(0, 500_000).toString('latin1')
  expect(half.split('a').length).toBeGreaterThan(200_000)
  expect(half.split('b').length).toBeGreaterThan(200_000)
})

test('gather takes everything, whatever the socket holds', () => {
  const { flusher } = newFlusher()
  const link = new Link(flusher, 'a', 500)
  flusher.wake(link)
  flusher.gather()
  expect(link.left).toBe(0)
})

test('a peer that asks and does not read the answers is a fault, once they are too many', () => {
  const { flusher, faults, socket } = newFlusher()
  const answer = Buffer.alloc(1024 * 1024)
  for (let i = 0; i < 8; i++) flusher.outbox.append(answer, 0, answer.length)
  flusher.flush()
  expect(faults).toEqual([])
  expect(flusher.bytesOut - flusher.bytesTaken).toBe(socket.writableLength)
  flusher.outbox.append(answer, 0, answer.length)
  flusher.flush()
  expect(faults).toMatchObject([{ code: 'amqp/resource-limit-exceeded' }])
})

describe('the end', () => {
  test('after stop nothing is written', async () => {
    const { flusher, socket } = newFlusher()
    const writes = countWrites(socket)
    flusher.wake(new Link(flusher, 'a', 1))
    flusher.stop()
    flusher.flush()
    flusher.write()
    await new Promise(setImmediate)
    expect(writes).toEqual([])
  })

  test('what a link throws is told to the owner', async () => {
    const { flusher, faults } = newFlusher()
    const fault = new Error('a bug')
    flusher.wake({
      pump: () => {
        throw fault
      },
    })
    await eventually(() => faults.length > 0)
    expect(faults).toEqual([fault])
  })
})
